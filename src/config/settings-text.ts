import { mkdir, open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { configChanged, configWrite, isMarketError, reasonOf } from '../model/errors.ts'
import type { System } from '../system/system.ts'

/** A settings file as it was read; `text` is undefined when there is none yet. */
export interface SettingsText {
  /** With links resolved, so that a file that is a link stays one. */
  path: string
  text: string | undefined
}

/** Reads a settings file as text. Throws `config.write` when it is there and cannot be read. */
export async function readSettingsText(file: string): Promise<SettingsText> {
  const path = await targetOf(file)
  return { path, text: await textAt(path) }
}

async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file)
  } catch {
    // Not there; a link to nowhere still says where the file belongs.
    const link = await readlink(file).catch(() => undefined)
    return link === undefined ? file : resolve(dirname(file), link)
  }
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw configWrite(path, reasonOf(error), error)
  }
}

/**
 * All or nothing: a temporary file beside it, flushed to the disk, then renamed over it. Keeps the mode. Throws
 * `config.changed` and writes nothing when the file is no longer what was read.
 */
export async function replaceSettingsText(system: System, before: SettingsText, text: string): Promise<void> {
  const { path } = before
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
      // What the process masks out of new files was there before.
      await handle.chmod(mode)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if ((await textAt(path)) !== before.text) throw configChanged(path)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw isMarketError(error) ? error : configWrite(path, reasonOf(error), error)
  }
}
