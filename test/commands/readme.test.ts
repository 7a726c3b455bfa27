import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commandPaths, makers, README_PARTS, SAMPLES } from './readme-tables.ts'

const README = new URL('../../README.md', import.meta.url)
const between = (text: string, name: string): string | undefined =>
  new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)<!-- /${name} -->`).exec(text)?.[1]?.trim()

describe('the README', () => {
  // UPDATE_README=1 writes the parts anew; without it they are compared.
  it.each(Object.keys(README_PARTS))('says of %s what the program says', (name) => {
    const made = README_PARTS[name]?.() ?? ''
    const text = readFileSync(README, 'utf8')
    if (process.env['UPDATE_README'] && between(text, name) !== undefined) {
      const start = text.indexOf(`<!-- ${name} -->`)
      const end = text.indexOf(`<!-- /${name} -->`)
      writeFileSync(README, `${text.slice(0, start)}<!-- ${name} -->\n\n${made}\n\n${text.slice(end)}`)
    }
    expect(between(readFileSync(README, 'utf8'), name)).toBe(made)
  })

  it('has a row for every error the program can make', () => {
    expect(makers().toSorted()).toEqual(Object.keys(SAMPLES).toSorted())
    for (const make of Object.values(SAMPLES)) expect(make().hint).toMatch(/[.?]$/)
  })

  it('names every command', () => {
    const part = README_PARTS['commands']?.() ?? ''
    expect(commandPaths().length).toBeGreaterThan(40)
    for (const path of commandPaths()) expect(part).toContain(`\`souk ${path}`)
  })
})
