import type { ApiVersionTable } from '../arm/api-versions.ts'
import type { ArmDocument } from '../arm/document.ts'
import type { ObjectNode } from '../arm/node.ts'
import type { TemplateView } from '../arm/templates.ts'
import type { Severity } from '../model/errors.ts'
import type { Level } from '../model/report.ts'

/** What a rule found; the validator adds file, line and column. */
export interface Fault {
  /** Stable id of the particular fault, the toolkit's error id where it has one. */
  id?: string
  /** Offset into the text of the document. */
  at: number
  message: string
  /** `error` when absent. */
  level?: Level
  /** The rule's own severity when absent; `low` for a warning. */
  severity?: Severity
  /** JSON path such as `resources[0].properties.x`. */
  path?: string
}

/** What rules must know of the world. */
export interface Facts {
  readonly apiVersions: ApiVersionTable
  /** The day the versions are judged on, ms since 1970. */
  readonly now: number
  /** An API version older than this is out of date. */
  readonly maxAgeDays: number
  /** Name of a quickstart sample that artifact locations are compared with. */
  readonly sampleName?: string
  /** Ends of property names that are no resource ids, in lower case. */
  readonly allowedIds?: readonly string[]
  /** Texts around an address of one cloud that allow it, in lower case. */
  readonly allowedUris?: readonly string[]
}

/** A deployment template, or one inner-scope template of it. */
export interface TemplateSubject {
  readonly view: TemplateView
  readonly document: ArmDocument
  readonly root: ObjectNode
  /** Whether the file is the main template of its folder. */
  readonly isMain: boolean
  readonly isBicep: boolean
  /** All inner-scope templates of the file, in document order. */
  readonly inner: readonly ObjectNode[]
  readonly facts: Facts
}

/** A createUiDefinition.json, with the template it feeds. */
export interface UiSubject {
  readonly view: TemplateView
  readonly document: ArmDocument
  readonly root: ObjectNode
  /** The template beside it, whatever its name. */
  readonly template: ObjectNode | undefined
  /** The template beside it if it has one of the three main names. */
  readonly main: ObjectNode | undefined
}

/** A parameter file. */
interface ParametersSubject {
  readonly document: ArmDocument
  readonly root: ObjectNode
  /** The template in the same folder. */
  readonly template: ObjectNode | undefined
}

/** Any JSON file, readable or not. */
interface FileSubject {
  readonly document: ArmDocument
}

interface RuleFacts {
  /** The toolkit's name, such as `Parameters-Must-Be-Referenced`. */
  readonly name: string
  /** One sentence: what must hold. */
  readonly summary: string
  readonly severity: Severity
}

export interface TemplateRule extends RuleFacts {
  readonly family: 'template'
  /** Runs on the whole file only, not again on each inner template. */
  readonly isOuterOnly?: boolean
  /** Left out for templates that Bicep wrote. */
  readonly skipsBicep?: boolean
  inspect(subject: TemplateSubject): Iterable<Fault>
}

export interface UiRule extends RuleFacts {
  readonly family: 'ui'
  /** Skipped when this is not there. */
  readonly needs?: 'template' | 'main'
  inspect(subject: UiSubject): Iterable<Fault>
}

export interface ParametersRule extends RuleFacts {
  readonly family: 'parameters'
  /** Skipped when this is not there. */
  readonly needs?: 'template'
  inspect(subject: ParametersSubject): Iterable<Fault>
}

export interface FileRule extends RuleFacts {
  readonly family: 'all-files'
  inspect(subject: FileSubject): Iterable<Fault>
}

/** Something that inspects one kind of file and yields what is wrong with it. Must not throw, whatever the tree. */
export type Rule = TemplateRule | UiRule | ParametersRule | FileRule

/** A rule's name as people type it: case, `-`, `_` and spaces do not count. */
export const ruleKey = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]/g, '')
