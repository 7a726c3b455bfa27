import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isMap, isSeq, parseDocument, YAMLMap, YAMLSeq, type Document } from 'yaml'
import { configInvalid, configMissing, configWrite, reasonOf, registryUnknown } from '../model/errors.ts'
import { isInsecureAddress } from '../model/registry-entry.ts'
import type { System } from '../system/system.ts'
import { readDocument } from './document.ts'
import { placed, readEntry } from './entry.ts'
import { nearestName } from './nearest-name.ts'

const HEADER = ' Registries and settings of Souk; registries.example.yaml shows every setting.'

/** Adds a registry at the end of the file, which is made when it is not there. Throws `config.invalid` and changes nothing when the entry is wrong or the name taken. */
export async function addRegistry(system: System, file: string, entry: Record<string, unknown>): Promise<void> {
  const read = readEntry(entry, system.env.home, dirname(file))
  if ('faults' in read) {
    const fault = read.faults[0]
    const policy = isInsecureAddress(String(entry['url'])) ? { policy: 'trusted addresses' } : {}
    throw configInvalid({ file, field: fault?.path.join('.') ?? '', ...policy }, fault?.why ?? 'is not a registry')
  }
  await edit(system, file, (document) => {
    if (namesIn(document).includes(read.entry.name)) {
      throw configInvalid({ file, field: 'name' }, `there is a registry "${read.entry.name}" already`)
    }
    let list = document.get('registries')
    if (!isSeq(list)) {
      list = new YAMLSeq()
      document.set('registries', list)
    }
    ;(list as YAMLSeq).flow = false
    ;(list as YAMLSeq).add(document.createNode(entry))
  })
}

/** Takes a registry out of the file; a default that named it goes too. */
export async function removeRegistry(system: System, file: string, name: string): Promise<void> {
  await edit(system, file, (document) => {
    document.deleteIn(['registries', indexOf(document, name)])
    for (const key of ['defaultRegistry', 'default_registry']) {
      if (document.get(key) === name) document.delete(key)
    }
  })
}

/** Turns a registry on or off. */
export async function setRegistryEnabled(system: System, file: string, name: string, enabled: boolean): Promise<void> {
  await edit(system, file, (document) => {
    document.setIn(['registries', indexOf(document, name), 'enabled'], enabled)
  })
}

/** Makes a registry of the file the default one. */
export async function setDefaultRegistry(system: System, file: string, name: string): Promise<void> {
  await edit(system, file, (document) => {
    indexOf(document, name)
    document.set(document.has('default_registry') ? 'default_registry' : 'defaultRegistry', name)
  })
}

/**
 * Copies a settings file of the older place, comments and all. What it says of folders and key files was meant from
 * where it lay, so those become absolute. Throws when there is none, or when `file` is there already.
 */
export async function importSettings(system: System, older: string, file: string): Promise<void> {
  const { home } = system.env
  if (await stat(file).catch(() => undefined)) {
    throw configInvalid({ file }, 'is there already', 'Nothing was copied; move it away first, or edit it by hand.')
  }
  const text = await readFile(older, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? configMissing(older) : configInvalid({ file: older }, reasonOf(error))
  })
  const { problems } = readDocument(older, text)
  if (problems[0]) throw problems[0]
  const document = parseDocument(text)
  const list = document.get('registries')
  for (const entry of isSeq(list) ? list.items.filter(isMap) : []) {
    for (const path of [['url'], ['ca'], ['credentials', 'keyFile'], ['credentials', 'key_file']]) {
      const written = entry.getIn(path)
      if (typeof written !== 'string' || written.includes('${')) continue
      const meant = placed(written, home, dirname(older))
      if (meant !== written) entry.setIn(path, meant)
    }
  }
  await replace(system, file, document.toString({ lineWidth: 0 }))
}

function namesIn(document: Document): string[] {
  const list = document.get('registries')
  return isSeq(list) ? list.items.map((item) => (isMap(item) ? String(item.get('name')) : '')) : []
}

function indexOf(document: Document, name: string): number {
  const names = namesIn(document)
  const index = names.indexOf(name)
  if (index >= 0) return index
  const near = nearestName(name, names)
  throw registryUnknown(name, near ? [near] : [])
}

async function edit(system: System, file: string, change: (document: Document) => void): Promise<void> {
  const path = await realpath(file).catch(() => file)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw configWrite(path, reasonOf(error), error)
  })
  const { problems } = readDocument(path, text)
  if (problems[0]) throw problems[0]
  const document = parseDocument(text)
  if (document.contents === null) {
    document.contents = new YAMLMap() as unknown as typeof document.contents
    document.commentBefore ??= HEADER
  }
  if (!isMap(document.contents)) throw configInvalid({ file: path, line: 1, column: 1 }, 'must start with sections')
  change(document)
  await replace(system, path, document.toString({ lineWidth: 0 }))
}

/** All or nothing: a temporary file beside it, flushed to the disk, then renamed over it. Keeps the mode. */
async function replace(system: System, path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${system.random.id(8)}`)
  try {
    await mkdir(dirname(path), { recursive: true })
    const mode = await stat(path).then(
      (facts) => facts.mode & 0o777,
      () => 0o600,
    )
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw configWrite(path, reasonOf(error), error)
  }
}
