import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

const walk = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? walk(`${folder}/${entry.name}`)
      : /\.tsx?$/.test(entry.name)
        ? [`${folder}/${entry.name}`]
        : [],
  )
const sources = ['src', 'components', 'screens'].flatMap(walk)

/** Rows of the README table that stands after a heading, as lists of plain cells. */
function table(heading: string): string[][] {
  const after = readme.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return after
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

const code = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')

/** The room a source file is in: `model`, `screens`, or the file itself for those right below src. */
function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/')
  return top === 'src' ? second : top
}

const imports = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  )

describe('the house', () => {
  it('has the rooms that the map of the README shows, and no others', () => {
    const rooms = new Set(sources.map(roomOf).filter((room) => !room.endsWith('.ts')))
    expect(new Set(table('Map').flatMap(([cell = '']) => code(cell)))).toEqual(rooms)
  })

  it('lets every room import only what the map allows', () => {
    const allowed = new Map(table('Map').map(([room = '', , may = '']) => [code(room)[0] ?? '', new Set(code(may))]))
    let seen = 0
    const refused: string[] = []
    for (const file of sources) {
      const room = roomOf(file)
      const may = allowed.get(room)
      if (!may) continue
      for (const name of imports(file).filter((one) => one.startsWith('.'))) {
        const target = roomOf(relative(root, resolve(root, dirname(file), name)))
        seen++
        if (target !== room && !may.has(target)) refused.push(`${file} imports ${name}`)
      }
    }
    expect(seen).toBeGreaterThan(400)
    expect(refused).toEqual([])
  })

  it('keeps the engine free of React, and uses every package the program is built on', () => {
    const packages = new Map(sources.map((file) => [file, imports(file).filter((name) => !name.startsWith('.'))]))
    const engine = sources.filter((file) => file.startsWith('src/')).flatMap((file) => packages.get(file) ?? [])
    expect(engine.filter((name) => /^(ink|react)/.test(name))).toEqual([])
    const all = new Set([...packages.values()].flat().map((name) => name.split('/')[0]))
    for (const name of [
      'ink',
      'react',
      'ink-select-input',
      'ink-text-input',
      'zustand',
      'undici',
      'keyv',
      'execa',
      'archiver',
      'p-limit',
    ]) {
      expect(all, name).toContain(name)
    }
  })
})
