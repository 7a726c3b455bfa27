import { dirname } from 'node:path'
import { configInvalid } from '../model/errors.ts'
import { readDocument } from './document.ts'
import { applyFile } from './layers.ts'
import { readRegistries } from './read-registries.ts'
import type { LoadedSettings } from './settings.ts'

/** The text of a settings file over the defaults: what is right counts, what is wrong becomes a problem with its place. */
export function applyDocument(loaded: LoadedSettings, file: { path: string; text: string; home: string }): void {
  const { path, text, home } = file
  const { document, problems } = readDocument(path, text)
  loaded.problems.push(...problems)
  const { data } = document
  if (data === undefined || data === null) return
  if (typeof data !== 'object' || Array.isArray(data)) {
    loaded.problems.push(configInvalid(document.placeOf([]), 'must start with sections such as "registries:"'))
    return
  }
  readRegistries(loaded, document, { home, folder: dirname(path) })
  applyFile(loaded, document)
}
