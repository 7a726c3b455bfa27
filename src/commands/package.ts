import { bytesText } from '../model/bytes-text.ts'
import { resolve } from 'node:path'
import { EXIT, usage } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext, Doors, PackageEntry } from './command.ts'
import { answer, printTable, say, withProgress } from './output.ts'
import { counted } from './words.ts'

const FILE = { name: 'file', summary: 'a ZIP that souk made', isRequired: true, completes: 'file' } as const
const SHARED = { parent: 'package', arguments: [FILE], options: [], module: 'pipeline' } as const

/** A door that the front door must have handed in. */
export function door<K extends keyof Doors>(context: CommandContext, name: K): Doors[K] {
  const found: Doors[K] | undefined = context.doors[name]
  if (!found) throw usage(`This build of souk cannot do that (${name} is not part of it).`)
  return found
}

const verify: Command = {
  ...SHARED,
  name: 'verify',
  summary: 'check every file of a package against its manifest',
  description:
    'Reads the package and compares the SHA-256 of each file with the manifest in it; names that would leave the folder are refused. Exit 1 when anything differs.',
  examples: [{ line: 'souk package verify out/app-dev-1.0.0.zip', text: 'one line per fault' }],
  exits: [EXIT.findings],
  seeAlso: ['package list'],
  async run(context, [file = '']) {
    const path = resolve(context.system.env.cwd, file)
    const verdict = await withProgress(context, `Checking ${file} ...`, () =>
      door(context, 'verifyPackage')(path, context.signal),
    )
    const faults = [
      ...verdict.changed.map((path) => `${path}: not what the manifest says`),
      ...verdict.missing.map((path) => `${path}: named by the manifest, not in the package`),
      ...verdict.unlisted.map((path) => `${path}: not named by the manifest`),
    ]
    answer(context, { file: path, ok: faults.length === 0, ...verdict }, () => {
      for (const fault of faults) say(context, harmless(fault, 400))
      const found = faults.length === 0 ? 'all as the manifest says' : counted(faults.length, 'fault')
      say(context, `${counted(verdict.entries, 'file')}, ${bytesText(verdict.bytes)}: ${found}`)
    })
    return faults.length === 0 ? EXIT.ok : EXIT.findings
  },
}

const list: Command = {
  ...SHARED,
  name: 'list',
  summary: 'list the files of a package',
  description: 'Lists the entries of a package without unpacking it.',
  examples: [{ line: 'souk package list out/app-dev-1.0.0.zip', text: 'paths and sizes' }],
  seeAlso: ['package verify'],
  async run(context, [file = '']) {
    const entries: PackageEntry[] = []
    const path = resolve(context.system.env.cwd, file)
    await door(context, 'listPackage')(path, (entry) => entries.push(entry), context.signal)
    answer(context, entries, () =>
      printTable(context, entries, [
        { title: 'PATH', of: (entry) => harmless(entry.path, 500), give: 1, least: 16 },
        { title: 'SIZE', of: (entry) => bytesText(entry.size), align: 'right', give: 2 },
        {
          title: 'PACKED',
          of: (entry) => bytesText(entry.packedBytes),
          align: 'right',
          give: 3,
        },
      ]),
    )
  },
}

export const PACKAGE_COMMANDS: readonly Command[] = [verify, list]
