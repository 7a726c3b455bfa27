import type { Draft } from '../model/draft.ts'

/** What a condition may ask of a draft. A field that holds several values fits when one of them does. */
const FIELDS: Readonly<Record<string, (draft: Draft) => readonly string[]>> = {
  id: ({ manifest }) => [manifest.id],
  kind: ({ manifest }) => [manifest.kind],
  category: ({ manifest }) => [manifest.category].flat(),
  tag: ({ manifest }) => manifest.tags,
  service: ({ manifest }) =>
    manifest.azureServices.flatMap((one) => (typeof one === 'string' ? [one] : (one.name ?? one.service ?? []))),
  env: ({ env }) => [env],
}

/** A condition that was read, or why it could not be. */
export type Condition = { isTrue(draft: Draft): boolean } | { why: string }

const TERM = /^([a-z]+) ?(==|!=|in\b) ?(.+)$/
const QUOTED = /^'[^']*'$|^"[^"]*"$/
const bare = (text: string): string => (QUOTED.test(text.trim()) ? text.trim().slice(1, -1) : text.trim())

function termOf(text: string): Condition {
  const [, field = '', operator = '', rest = ''] = TERM.exec(text) ?? []
  const values = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined
  if (!values || rest === '' || rest.endsWith(' and') || rest.endsWith(' or')) {
    return { why: `"${text.trim().slice(0, 60)}" is none of: ${Object.keys(FIELDS).join(', ')} with ==, != or in` }
  }
  const wanted =
    operator === 'in'
      ? rest
          .replace(/^\[|\]$/g, '')
          .split(',')
          .map(bare)
      : [bare(rest)]
  const has = (draft: Draft): boolean => values(draft).some((one) => wanted.includes(one))
  return { isTrue: operator === '!=' ? (draft) => !has(draft) : has }
}

function joined(text: string, word: string, each: (part: string) => Condition, every: boolean): Condition {
  const parts = text.split(word).map(each)
  const wrong = parts.find((part) => 'why' in part)
  if (wrong) return wrong
  const tests = parts.flatMap((part) => ('isTrue' in part ? [part.isTrue] : []))
  return { isTrue: (draft) => (every ? tests.every((one) => one(draft)) : tests.some((one) => one(draft))) }
}

/**
 * Reads a condition such as `category == data-mesh and env in dev, qa`: fields with `==`, `!=` or `in`, joined by `and`
 * and `or`, of which `and` binds tighter. `always` is always true.
 */
export function readCondition(text: string): Condition {
  if (text.trim() === 'always') return { isTrue: () => true }
  return joined(text.trim().replaceAll(/\s+/g, ' '), ' or ', (part) => joined(part, ' and ', termOf, true), false)
}
