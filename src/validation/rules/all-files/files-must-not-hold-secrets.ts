import { member, textOf, type ArmNode } from '../../../arm/node.ts'
import type { Hit } from '../../../arm/walk.ts'
import type { Fault, FileRule } from '../../rule.ts'
import { KEYWORD, looksSecret, masked, patternsIn, type SecretMatch } from './secret-words.ts'

export const filesMustNotHoldSecrets: FileRule = {
  name: 'Files-Must-Not-Hold-Secrets',
  family: 'all-files',
  step: 'security',
  section: 'secrets',
  since: 2,
  summary: 'No key, password, token or connection string is written into a file.',
  severity: 'high',
  *inspect({ document }) {
    const told = [...patternsIn(document.text)]
    for (const { start, name, secret } of told) {
      const message = `This looks like ${name} (${masked(secret)}); keep it in a vault.`
      yield { id: 'Secret.Pattern', at: start, severity: 'critical', message }
    }
    for (const [key, hits] of document.index.byKey) {
      if (!KEYWORD.test(key) && key !== 'value' && key !== 'defaultvalue') continue
      for (const hit of hits) {
        const fault = judge(hit)
        // What a pattern named already is not told twice.
        if (fault && !covers(hit.property.value, told)) yield fault
      }
    }
  },
}

const covers = (node: ArmNode, told: readonly SecretMatch[]): boolean =>
  told.some(({ start, end }) => start >= node.start && end <= node.end)

/** A literal that is as random as a secret, under a name that says it is one. */
function judge(hit: Hit): Fault | undefined {
  const text = textOf(hit.property.value)
  if (text === undefined || !looksSecret(text)) return undefined
  const name = nameOf(hit)
  if (name === undefined || !KEYWORD.test(name)) return undefined
  const message = `${name} is written out (${masked(text)}); take a secure parameter or a reference to a vault.`
  return { id: 'Secret.Literal', at: hit.property.value.start, message }
}

/** What a value is called: by its own name; `value` and `defaultValue` by that of what holds them, or by a name beside them. */
function nameOf({ owner, property }: Hit): string | undefined {
  if (property.key !== 'value' && property.key !== 'defaultvalue') return property.name
  // A secure parameter is hidden by the platform; that it has a default is for a rule of its own.
  if (/^secure/i.test(textOf(member(owner.node, 'type')) ?? '')) return undefined
  return textOf(member(owner.node, 'name')) ?? owner.segment
}
