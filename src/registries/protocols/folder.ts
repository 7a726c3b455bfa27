import { BUILTIN } from '../../model/registry-entry.ts'
import type { Protocol } from '../registry.ts'
import { localPath } from './local-path.ts'
import { textOption } from './text-option.ts'
import { walkGoods, type Walked } from './walk.ts'

/** A directory of goods on this machine. Looked over at every question; parsed again only when something changed. */
export const folder: Protocol = {
  id: 'folder',
  title: 'Folder of goods',
  lifetimes: { catalog: 0, metadata: 0, search: 0 },
  recognises: (url) =>
    (/^(?:file:|folder:|\/|\.{1,2}\/|~\/)/i.test(url) || !url.includes(':')) && !/\.(?:git|json|ya?ml)\/?$/i.test(url),
  connect(entry, tools) {
    const root = localPath(entry, tools.system)
    const shape = textOption(entry, 'shape')
    // What ships with the program stays as it is while the program runs; a look at it at every letter is saved.
    const isShipped = entry.name === BUILTIN
    let last: Walked | undefined
    const walk = async (isAnew: boolean): Promise<Walked> => {
      if (last && !isAnew) return last
      const walked = await walkGoods(root, entry.name, tools.system.clock, shape)
      if (isShipped) last = walked
      return walked
    }
    const context = { registry: entry.name, registryType: entry.type, address: entry.url }
    return {
      async list({ refresh = false }, validator) {
        const walked = await walk(refresh)
        if (validator === walked.fingerprint) return 'not-modified'
        // The parsers are loaded only when there is something to parse.
        const [{ readGoods }, { treeOf }] = await Promise.all([
          import('../shapes/read-goods.ts'),
          import('./tree-of.ts'),
        ])
        const batch = readGoods(treeOf(walked), context, shape)
        return { ...batch, skipped: [...walked.skipped, ...batch.skipped], validator: walked.fingerprint }
      },
      async fetch(artifact, into, call) {
        const { fetchArtifact } = await import('./fetch-artifact.ts')
        return fetchArtifact(artifact, into, call, { registry: entry.name, home: entry.url, tools, beside: root })
      },
    }
  },
}
