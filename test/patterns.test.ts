import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { analyse } from 'scslre'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Pattern {
  place: string
  source: string
  flags: string
}

/** Every regular expression written in a file, with its place. */
function patternsIn(file: string): Pattern[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found: Pattern[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one)
    else if (typeof node === 'object' && node !== null) {
      const { regex, start } = node as { regex?: { pattern: string; flags: string }; start?: number }
      if (regex) {
        const line = text.slice(0, start).split('\n').length
        found.push({ place: `${file}:${line}`, source: regex.pattern, flags: regex.flags })
      }
      for (const value of Object.values(node)) visit(value)
    }
  }
  visit(parseAst(text, { lang: file.endsWith('x') ? 'tsx' : 'ts' }))
  return found
}

const isSlow = ({ source, flags }: Pick<Pattern, 'source' | 'flags'>): boolean =>
  analyse({ source, flags }).reports.length > 0

it('no regular expression of ours takes more than linear time, whatever text it meets', () => {
  const patterns = globSync('{src,components,screens}/**/*.{ts,tsx}', { cwd: root }).flatMap(patternsIn)
  expect(patterns.length).toBeGreaterThan(200)
  expect(patterns.filter(isSlow)).toEqual([])
})

it.each([
  ['a repeat within a repeat', '(?:a+)+$'],
  ['two repeats that share their characters', '^\\s*(.*?)\\s*$'],
  ['a repeat that every place of the text may begin', '\\s*\\n'],
])('the check knows %s', (_what, source) => {
  expect(isSlow({ source, flags: '' })).toBe(true)
})
