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
import type { DocumentRule, Facts, Fault, TemplateRule, TemplateSubject } from './rule.ts'

/** Faults of one rule in one file beyond this are counted, not listed. */
const MAX_FAULTS = 1000

/** The files that belong together: what is tested is one of them, the rest is what rules compare it with. */
export interface Surroundings {
  readonly template: ArmDocument | undefined
  readonly facts: Facts
}

/** What one rule says of one file; undefined when it does not apply, a reason when it was skipped. */
export type Outcome = { findings: Finding[] } | { skipped: string }

/** Runs one rule on one file, and for template rules on each of its inner templates. Never throws. */
export function inspect(rule: DocumentRule, document: ArmDocument, around: Surroundings): Outcome {
  try {
    return judge(rule, document, around)
  } catch (error) {
    return {
      findings: [
        { ...failureOf(rule.name, document.file, `it ended with an error (${reasonOf(error)})`), step: rule.step },
      ],
    }
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

function judge(rule: DocumentRule, document: ArmDocument, around: Surroundings): Outcome {
  if (rule.family === 'all-files') return { findings: place(rule, document, rule.inspect({ document })) }
  const { root } = document
  if (root?.kind !== 'object') return { skipped: 'the file cannot be read' }
  if (rule.family === 'parameters') {
    const beside = isBeside(document, around.template) ? around.template?.root : undefined
    const template = beside?.kind === 'object' ? beside : undefined
    if (rule.needs && !template) return { skipped: 'there is no template beside it' }
    return { findings: place(rule, document, rule.inspect({ document, root, template })) }
  }
  if (rule.family === 'template') return inspectTemplate(rule, document, { root, facts: around.facts })
  const template = around.template?.root?.kind === 'object' ? around.template.root : undefined
  const main = around.template && isMainTemplate(around.template.file) ? template : undefined
  if (rule.needs === 'template' && !template) return { skipped: 'there is no template beside it' }
  if (rule.needs === 'main' && !main) return { skipped: 'there is no main template beside it' }
  const view = outerView(document, root, [])
  return { findings: place(rule, document, rule.inspect({ view, document, root, template, main })) }
}

function inspectTemplate(
  rule: TemplateRule,
  document: ArmDocument,
  { root, facts }: { root: ObjectNode; facts: Facts },
): Outcome {
  const inner = innerTemplates(document)
  const isBicep = generatorOf(root) === 'bicep'
  if (rule.skipsBicep && isBicep) return { skipped: 'the template was written by Bicep' }
  const subject = (view: TemplateView): TemplateSubject => {
    const isMain = isMainTemplate(document.file)
    return { view, document, root: view.root, isMain, isBicep, inner, facts }
  }
  const faults = [...rule.inspect(subject(outerView(document, root, inner)))]
  for (const template of rule.isOuterOnly ? [] : inner) {
    faults.push(...rule.inspect(subject(innerView(document, template))))
  }
  return { findings: place(rule, document, faults) }
}

/** Gives faults their place; what an inner template and the one around it both say is said once. */
function place(rule: DocumentRule, document: ArmDocument, faults: Iterable<Fault>): Finding[] {
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
    findings.push(findingOf(rule, document, fault))
  }
  if (left) {
    const message = `${left} more of this kind are not listed.`
    findings.push(findingOf(rule, document, { at: document.text.length, level: 'note', severity: 'info', message }))
  }
  return findings
}

function findingOf(rule: DocumentRule, document: ArmDocument, fault: Fault): Finding {
  const level = fault.level ?? 'error'
  const path = pathOf(document, fault)
  return {
    rule: rule.name,
    ...(fault.id === undefined ? {} : { id: fault.id }),
    level,
    severity: fault.severity ?? (level === 'error' ? rule.severity : 'low'),
    file: harmless(document.file, 500),
    ...document.placeOf(fault.at),
    message: harmless(fault.message, 500),
    step: rule.step,
    ...(rule.part ? { part: rule.part } : {}),
    ...(path === '' ? {} : { path: harmless(path, 500) }),
  }
}

/** The path of a fault from the root of the file on: rules may count it from an inner template. */
function pathOf(document: ArmDocument, { at, path = '' }: Fault): string {
  const full = pathAt(document.root, at)
  return full.endsWith(path) ? full : path
}

/** Whether two files are in the same folder. */
function isBeside({ file }: ArmDocument, other: ArmDocument | undefined): boolean {
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)
  return other !== undefined && other.file !== file && folderOf(other.file) === folderOf(file)
}

/** The `$schema` of a file in lower case; empty when there is none. */
export const schemaOf = (document: ArmDocument): string => plainText(member(document.root, '$schema')).toLowerCase()
