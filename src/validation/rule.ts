import type { ApiVersionTable } from '../arm/api-versions.ts'
import type { ArmDocument } from '../arm/document.ts'
import type { ObjectNode } from '../arm/node.ts'
import type { TemplateView } from '../arm/templates.ts'
import type { Severity } from '../model/errors.ts'
import type { Manifest } from '../model/manifest.ts'
import type { Level, Scanner, ScorePart } from '../model/report.ts'

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

/** What a rule of a whole package found. */
export interface PackageFault {
  id?: string
  /** The file it is told of: a fault of the package as a whole is told of its manifest or its main template. */
  file: string
  line: number
  column: number
  message: string
  /** `warning` when absent. */
  level?: Level
  severity?: Severity
  path?: string
  /** What it costs of its part, where that is not the cost of its severity. */
  points?: number
}

/** A good somebody may depend on. */
export interface KnownGood {
  /** Its id, with or without the registry before it. */
  name: string
  version: string
}

/** A folder or a ZIP as one thing: what stands in it, not what the templates say. */
export interface PackageSubject {
  /** Paths of all that was read. */
  readonly paths: readonly string[]
  /** The file that faults of the whole are told of. */
  readonly face: string
  /** Markdown at the top, and beside main templates. */
  readonly documents: readonly { path: string; text: string }[]
  /** What the manifest says, when there is one that can be read. */
  readonly manifest: ManifestFacts | undefined
  /** Declared parameters of the manifest, else of the main template: name, and whether it is described. */
  readonly parameters: readonly { name: string; isDescribed: boolean }[]
  /** What is installed here or comes with the program; undefined when nobody said. */
  readonly known: readonly KnownGood[] | undefined
}

export interface ManifestFacts {
  readonly file: string
  readonly data: Manifest
  /** 1-based, of the nearest thing that is there. */
  placeOf(path: readonly PropertyKey[]): { line: number; column: number }
}

interface RuleFacts {
  /** The toolkit's name, such as `Parameters-Must-Be-Referenced`. */
  readonly name: string
  /** One sentence: what must hold. */
  readonly summary: string
  readonly severity: Severity
  readonly step: Scanner
  /** The part of the score, where the step does not say it. */
  readonly part?: ScorePart
  /** What its findings are counted under within the step, such as `secrets`. */
  readonly section?: string
  /** The version of the host that brought it; 1 when absent. */
  readonly since?: number
}

export interface TemplateRule extends RuleFacts {
  readonly family: 'template'
  /** Runs on the whole file only, not again on each inner template. */
  readonly isOuterOnly?: boolean
  /** Looks at inner templates from the outside: at how they and the template around them are linked. */
  readonly seesLinks?: boolean
  /** Looks across the borders of inner templates; has nothing to say of a text without this word (lower case). */
  readonly acrossFor?: string
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

export interface PackageRule extends RuleFacts {
  readonly family: 'package'
  /** Skipped when this is not there. */
  readonly needs?: 'manifest' | 'known'
  inspect(subject: PackageSubject): Iterable<PackageFault>
}

/** Something that inspects one kind of file and yields what is wrong with it. Must not throw, whatever the tree. */
export type Rule = TemplateRule | UiRule | ParametersRule | FileRule | PackageRule

/** A rule about one file at a time. */
export type DocumentRule = Exclude<Rule, PackageRule>

/** A rule's name as people type it: case, `-`, `_` and spaces do not count. */
export const ruleKey = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]/g, '')
