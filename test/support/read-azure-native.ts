// Reads which arguments the classes of Pulumi's Azure provider take: `node read-azure-native.ts FOLDER`, where FOLDER
// is an unpacked npm package @pulumi/azure-native. All languages of the provider are made from one description, so the
// TypeScript declarations tell what the Python classes take too, by the names of the wire; the stand-in of the provider
// turns these into Python's. Only the classes that our template uses are kept,
// in pulumi/azure-native.json, and the stand-in refuses whatever is not in there.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TREE = fileURLToPath(new URL('../../templates/azure-event-driven/pulumi', import.meta.url))
const INTO = fileURLToPath(new URL('pulumi/azure-native.json', import.meta.url))

interface Declared {
  token?: string
  /** Names with blanks between; those that must be given end with a star. */
  arguments: string
  /** What an argument may be, where that is a short closed list: names with bars between. */
  values?: Record<string, string>
  /** The classes that an argument may be of, with bars between; a star where they are too many to list. */
  classes?: Record<string, string>
  /** Names with blanks between. */
  outputs?: string
}
const MOST_VALUES = 12

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\//g, '')

/** The members of an interface that starts at a mark; undefined where there is no such mark. */
function membersAfter(text: string, mark: string): [string, string, string][] | undefined {
  const at = text.indexOf(mark)
  if (at < 0) return undefined
  const indent = /(?:^|\n)( *)[^\n]*$/.exec(text.slice(0, at))?.[1] ?? ''
  const body = text.slice(at, text.indexOf(`\n${indent}}`, at))
  const found = body.matchAll(/^ +(\w+)(\??): ([\s\S]+?);$/gm)
  return [...found].map(([, name = '', mayLack = '', type = '']) => [name, mayLack, type])
}

interface Package {
  folder: string
  inputs: string
}

/** The values of an enumeration that a type names. */
function valuesOf({ folder }: Package, type: string): string[] | undefined {
  const [, module, name] = /enums\.(\w+)\.(\w+)/.exec(type) ?? []
  if (module === undefined || name === undefined) return undefined
  const text = readFileSync(join(folder, 'types/enums', module, 'index.d.ts'), 'utf8')
  const at = text.indexOf(`export declare const ${name}: {`)
  const body = text.slice(at, text.indexOf('};', at))
  return at < 0 ? undefined : [...body.matchAll(/: "([^"]*)"/g)].map(([, value = '']) => value)
}

function declared(from: Package, members: readonly [string, string, string][]): Declared {
  const values: Record<string, string> = {}
  const classes: Record<string, string> = {}
  for (const [name, , type] of members) {
    const constant = /Input<"([^"]+)">/.exec(type)?.[1]
    const list = constant === undefined ? valuesOf(from, type) : [constant]
    if (list && list.length <= MOST_VALUES) values[name] = list.join('|')
    const given = [...type.matchAll(/inputs\.\w+\.(\w+)/g)].map(([, one = '']) => one)
    if (given.length > 0) classes[name] = given.length > MOST_VALUES ? '*' : given.join('|')
  }
  const names = members.map(([name, mayLack]) => `${name}${mayLack === '' ? '*' : ''}`)
  const some = (of: Record<string, string>): boolean => Object.keys(of).length > 0
  return { arguments: names.join(' '), ...(some(values) ? { values } : {}), ...(some(classes) ? { classes } : {}) }
}

function resourceOf(from: Package, module: string, name: string): Declared | undefined {
  const folder = join(from.folder, module)
  const file = readdirSync(folder).find((one) => one.toLowerCase() === `${name.toLowerCase()}.d.ts`)
  if (file === undefined) return undefined
  const text = withoutComments(readFileSync(join(folder, file), 'utf8'))
  const members = membersAfter(text, `export interface ${name}Args `)
  const code = readFileSync(join(folder, file.replace(/\.d\.ts$/, '.js')), 'utf8')
  const token = /__pulumiType = '([^']+)'/.exec(code)?.[1]
  if (!members || token === undefined) return undefined
  const outputs = [...text.matchAll(/readonly (\w+): pulumi\.Output/g)].map(([, one = '']) => one)
  return { token, ...declared(from, members), outputs: outputs.join(' ') }
}

function inputOf(from: Package, module: string, name: string): Declared | undefined {
  const start = from.inputs.indexOf(`export declare namespace ${module} {`)
  const space = from.inputs.slice(start, from.inputs.indexOf('\n}', start))
  const members = membersAfter(space, `interface ${name} {`)
  return members ? declared(from, members) : undefined
}

/** Every `module.Class(` of the Python files, for the modules that they take from the provider. */
function used(): [string, string][] {
  const found = new Set<string>()
  for (const file of readdirSync(TREE, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.py')) continue
    const text = readFileSync(join(TREE, file), 'utf8')
    const taken = /from pulumi_azure_native import ([\w, ]+)/.exec(text)?.[1]?.split(', ') ?? []
    for (const [, module = '', name = ''] of text.matchAll(/\b([a-z]+)\.([A-Z]\w+)\(/g)) {
      if (taken.includes(module)) found.add(`${module}.${name}`)
    }
  }
  return [...found].toSorted().map((one) => one.split('.') as [string, string])
}

function main(folder: string): void {
  const from = { folder, inputs: withoutComments(readFileSync(join(folder, 'types/input.d.ts'), 'utf8')) }
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>
  const classes: Record<string, Declared> = {}
  for (const [module, one] of used()) {
    const found = one.endsWith('Args') ? inputOf(from, module, one) : resourceOf(from, module, one)
    if (!found) throw new Error(`${name} ${version} has no ${module}.${one}`)
    classes[`${module}.${one}`] = found
  }
  writeFileSync(INTO, `${JSON.stringify({ package: name, version, classes }, undefined, 2)}\n`)
}

main(process.argv[2] ?? '')
