import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Install } from '../install/install.ts'
import type { KnownGood } from '../validation/rule.ts'

/** What is installed here, and what comes with the program: goods that others may depend on. */
export async function goodsHere(store: Pick<Install, 'installed'>, goods: string): Promise<KnownGood[]> {
  const { readManifest } = await import('../pipeline/generators/template-folder.ts')
  const folders = await readdir(goods).catch(() => [])
  const own = folders.flatMap((folder): KnownGood[] => {
    try {
      const { id, version } = readManifest(join(goods, folder))
      return [{ name: `builtin/${id}`, version }]
    } catch {
      // A folder without a manifest is no goods.
      return []
    }
  })
  const installed = (await store.installed()).flatMap(({ id, version }): KnownGood[] =>
    version === undefined ? [] : [{ name: id, version }],
  )
  return [...installed, ...own]
}
