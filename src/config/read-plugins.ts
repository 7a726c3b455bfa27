import { configInvalid } from '../model/errors.ts'
import type { SourceDocument } from './document.ts'
import { placed } from './entry.ts'
import type { LoadedSettings } from './settings.ts'

/** Most folders of plugins a settings file may name. */
const MAX_PLUGINS = 50

/** Reads `plugins:`, a list of folders relative to the file; a wrong one is a problem of its own. */
export function readPlugins(
  loaded: LoadedSettings,
  document: SourceDocument,
  { home, folder }: { home: string; folder: string },
): void {
  const list = (document.data as Record<string, unknown> | undefined)?.['plugins']
  if (list === undefined || list === null) return
  const wrong = (path: number[], why: string): void => {
    const field = ['plugins', ...path].join('.')
    loaded.problems.push(configInvalid({ ...document.placeOf(['plugins', ...path]), field }, why))
  }
  if (!Array.isArray(list)) return wrong([], 'must be a list of folders, each starting with "- "')
  if (list.length > MAX_PLUGINS) wrong([MAX_PLUGINS], `has more than ${MAX_PLUGINS} entries`)
  for (const [index, one] of list.slice(0, MAX_PLUGINS).entries()) {
    if (typeof one === 'string' && one !== '' && !/^[a-z]+:\/\//i.test(one))
      loaded.settings.plugins.push(placed(one, home, folder))
    else wrong([index], 'must be a folder')
  }
}
