import type { ArmDocument } from '../arm/document.ts'
import { member, plainText, type ObjectNode } from '../arm/node.ts'
import {
  generatorOf,
  innerTemplates,
  innerView,
  isMainTemplate,
  outerView,
  type TemplateView,
} from '../arm/templates.ts'
import { pathAt } from '../arm/walk.ts'
import { reasonOf } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Finding } from '../model/report.ts'
import type { LineColumn } from '../arm/position.ts'
import type { DocumentRule, Facts, Fault, TemplateRule, TemplateSubject } from './rule.ts'

/** Faults of one rule in one file beyond this are counted, not listed. */
export const MAX_FAULTS = 1000

/** The files that belong together: what is tested is one of them, the rest is what rules compare it with. */
export interface Surroundings {
  readonly template: ArmDocument | undefined
  readonly facts: Facts
}

/** What one rule says of one file; undefined when it does not apply, a reason when it was skipped. */
export type Outcome = { findings: Finding[] } | { skipped: string }

/** A fault with the inner template whose view it is from; none for the file as a whole. */
export interface RawFault {
  fault: Fault
  within: ObjectNode | undefined
}

/** Told of the faults of a rule before they get their places. */
type Tap = (faults: readonly RawFault[]) => void

/** Runs one rule on one file, and for template rules on each of its inner templates. Never throws. */
export function inspect(rule: DocumentRule, document: ArmDocument, around: Surroundings, tap?: Tap): Outcome {
  try {
    const raw = judge(rule, document, around)
    if ('skipped' in raw) return raw
    tap?.(raw.faults)
    return {
      findings: place(
        rule,
        placesOf(document),
        raw.faults.map(({ fault }) => fault),
      ),
    }
  } catch (error) {
    const failure = failureOf(rule.name, document.file, `it ended with an error (${reasonOf(error)})`)
    return { findings: [{ ...failure, step: rule.step }] }
  }
}

/** The finding that a rule could not do its work on a file: then nothing is known of what it checks. */
export const failureOf = (rule: string, file: string, why: string): Finding => ({
  rule,
  id: 'Rule.Failed',
  level: 'error',
  severity: 'high',
  file: harmless(file, 500),
  line: 1,
  column: 1,
  message: harmless(`The rule itself failed here: ${why.replace(/\.$/, '')}. What it checks is not known.`, 500),
})

const whole = (faults: Iterable<Fault>): { faults: RawFault[] } => ({
  faults: Array.from(faults, (fault) => ({ fault, within: undefined })),
})

function judge(
  rule: DocumentRule,
  document: ArmDocument,
  around: Surroundings,
): { faults: RawFault[] } | { skipped: string } {
  if (rule.family === 'all-files') return whole(rule.inspect({ document }))
  const { root } = document
  if (root?.kind !== 'object') return { skipped: 'the file cannot be read' }
  if (rule.family === 'parameters') {
    const beside = isBeside(document, around.template) ? around.template?.root : undefined
    const template = beside?.kind === 'object' ? beside : undefined
    if (rule.needs && !template) return { skipped: 'there is no template beside it' }
    return whole(rule.inspect({ document, root, template }))
  }
  if (rule.family === 'template') {
    const isBicep = generatorOf(root) === 'bicep'
    if (rule.skipsBicep && isBicep) return { skipped: 'the template was written by Bicep' }
    const isMain = isMainTemplate(document.file)
    return { faults: [...templateFaults(rule, document, { root, isMain, isBicep, facts: around.facts })] }
  }
  const template = around.template?.root?.kind === 'object' ? around.template.root : undefined
  const main = around.template && isMainTemplate(around.template.file) ? template : undefined
  if (rule.needs === 'template' && !template) return { skipped: 'there is no template beside it' }
  if (rule.needs === 'main' && !main) return { skipped: 'there is no main template beside it' }
  return whole(rule.inspect({ view: outerView(document, root, []), document, root, template, main }))
}

/** What of a subject does not depend on the view. */
export type Standing = Pick<TemplateSubject, 'root' | 'isMain' | 'isBicep' | 'facts'>

/** The faults of a rule in the whole of a file, then in each inner template, in document order. */
function* templateFaults(rule: TemplateRule, document: ArmDocument, standing: Standing): Iterable<RawFault> {
  const { root } = standing
  const inner = innerTemplates(document)
  const subject = (view: TemplateView): TemplateSubject => ({ ...standing, view, document, root: view.root, inner })
  for (const fault of rule.inspect(subject(outerView(document, root, inner)))) yield { fault, within: undefined }
  for (const template of rule.isOuterOnly ? [] : inner)
    for (const fault of rule.inspect(subject(innerView(document, template)))) yield { fault, within: template }
}

/** How faults of one text get their places. */
export interface Places {
  file: string
  length: number
  placeOf(offset: number): LineColumn
  /** The path of the innermost value at an offset, from the root of the file on. */
  pathAt(offset: number): string
}

const placesOf = (document: ArmDocument): Places => ({
  file: document.file,
  length: document.text.length,
  placeOf: document.placeOf,
  pathAt: (offset) => pathAt(document.root, offset),
})

/** Gives faults their place; what an inner template and the one around it both say is said once. */
export function place(rule: DocumentRule, places: Places, faults: Iterable<Fault>): Finding[] {
  const seen = new Set<string>()
  const findings: Finding[] = []
  let left = 0
  for (const fault of faults) {
    const key = `${fault.id ?? ''}|${fault.at}|${fault.message}`
    if (seen.has(key)) continue
    if (findings.length >= MAX_FAULTS) {
      left++
      continue
    }
    seen.add(key)
    findings.push(findingOf(rule, places, fault))
  }
  if (left) {
    const message = `${left} more of this kind are not listed.`
    findings.push(findingOf(rule, places, { at: places.length, level: 'note', severity: 'info', message }))
  }
  return findings
}

function findingOf(rule: DocumentRule, places: Places, fault: Fault): Finding {
  const level = fault.level ?? 'error'
  // Rules may count a path from an inner template.
  const full = places.pathAt(fault.at)
  const path = full.endsWith(fault.path ?? '') ? full : (fault.path ?? '')
  return {
    rule: rule.name,
    ...(fault.id === undefined ? {} : { id: fault.id }),
    level,
    severity: fault.severity ?? (level === 'error' ? rule.severity : 'low'),
    file: harmless(places.file, 500),
    ...places.placeOf(fault.at),
    message: harmless(fault.message, 500),
    step: rule.step,
    ...(rule.part ? { part: rule.part } : {}),
    ...(path === '' ? {} : { path: harmless(path, 500) }),
  }
}

/** Whether two files are in the same folder. */
function isBeside({ file }: ArmDocument, other: ArmDocument | undefined): boolean {
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)
  return other !== undefined && other.file !== file && folderOf(other.file) === folderOf(file)
}

/** The `$schema` of a file in lower case; empty when there is none. */
export const schemaOf = (document: ArmDocument): string => plainText(member(document.root, '$schema')).toLowerCase()
