import { matchesIn, type TemplateView } from '../../arm/templates.ts'

const BLANK = /:\s*(\{\s*\}|\[\s*\]|"\s*"|null)/g
const BLANK_OR_HOLLOW = /:\s*(\{\s*\}|\[\s*\]|"\s*"|null|\[\s*\{\s*\}\s*\]|\[\s*"\s*"\s*\])/g
/** How far left of a blank its name is looked for. */
const NAME_WITHIN = 2000

/** A blank value in the text, with the property name nearest to its left. */
export interface Blank {
  name: string
  at: number
  what: string
}

/** Blank values right after a colon. It is a search of text, as in the toolkit, so strings are not told apart. */
export function blanksIn(view: TemplateView, includesHollow = false): Blank[] {
  const { text } = view.document
  return matchesIn(view, includesHollow ? BLANK_OR_HOLLOW : BLANK).map(({ start, groups }) => ({
    name: nameBefore(text, start),
    at: start,
    what: (groups[1] ?? '').replaceAll(/\s+/g, ''),
  }))
}

function nameBefore(text: string, colon: number): string {
  const near = text.slice(Math.max(0, colon - NAME_WITHIN), colon + 1)
  const direct = /"([^"]*)"\s*:$/.exec(near.slice(-200))
  return direct?.[1] ?? Array.from(near.matchAll(/"([^"]*)"\s*:/g)).at(-1)?.[1] ?? ''
}
