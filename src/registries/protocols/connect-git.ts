import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Artifact, Listing } from '../../model/listing.ts'
import type { RegistryEntry } from '../../model/registry-entry.ts'
import { readGoods } from '../shapes/read-goods.ts'
import type { Call, Connection, ProtocolTools } from '../registry.ts'
import { fetchArtifact } from './fetch-artifact.ts'
import { gitAccessOf, type GitAccess } from './git-access.ts'
import { gitAddress, gitRef, runGit } from './git-program.ts'
import { localPath } from './local-path.ts'
import { textOption } from './text-option.ts'
import { treeOf } from './tree-of.ts'
import { walkGoods } from './walk.ts'

/** Files of the checkout are told as repository, commit and path: the checkout itself may be gone by the install. */
function asGit(artifact: Artifact, checkout: string, url: string, commit: string): Artifact {
  if (artifact.form !== 'files') return artifact
  const folder = relative(checkout, artifact.root)
  const single = artifact.files.length === 1 ? artifact.files[0] : undefined
  const path = [folder, single].filter(Boolean).join('/')
  return { form: 'git', url, ref: commit, ...(path ? { path } : {}) }
}

const withGit = (listing: Listing, checkout: string, url: string, commit: string): Listing => ({
  ...listing,
  releases: listing.releases.map((release) => ({
    ...release,
    artifacts: release.artifacts.map((one) => asGit(one, checkout, url, commit)),
  })),
})

/** The mirror of one repository: made once, then only fetched into. */
function openMirror(entry: RegistryEntry, tools: ProtocolTools) {
  const url = /^(?:\.{0,2}\/|~\/|file:)/i.test(entry.url)
    ? localPath(entry, tools.system)
    : gitAddress(entry.url, entry.name)
  const branch = textOption(entry, 'branch')
  const ref = branch === undefined ? 'HEAD' : gitRef(branch, entry.name)
  const mirror = join(tools.workFolder, 'mirror.git')
  const git = (args: readonly string[], call: Call, access?: GitAccess) =>
    runGit(args, {
      system: tools.system,
      registry: entry.name,
      url,
      access,
      cwd: mirror,
      ...(call.signal ? { signal: call.signal } : {}),
    })
  return {
    url,
    /** Brings the newest commit of the branch and answers its id. */
    async update(call: Call): Promise<string> {
      const access = await gitAccessOf(entry, tools, call.signal)
      await mkdir(mirror, { recursive: true })
      if (!existsSync(join(mirror, 'HEAD'))) await git(['init', '--quiet', '--bare'], call)
      await git(['fetch', '--quiet', '--depth', '1', '--no-tags', '--', url, ref], call, access)
      return (await git(['rev-parse', 'FETCH_HEAD'], call)).trim()
    },
    /** Calls with the files of a commit in a folder, which is removed afterwards. */
    async checkedOut<T>(commit: string, call: Call, use: (folder: string) => Promise<T>): Promise<T> {
      const folder = join(tools.workFolder, `tree-${tools.system.random.id(12)}`)
      await mkdir(folder, { recursive: true })
      try {
        await git(['--work-tree', folder, 'read-tree', commit], call)
        await git(['--work-tree', folder, 'checkout-index', '--all', '--force', `--prefix=${folder}/`], call)
        return await use(folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

/** Connects to a repository of goods, through the git program. */
export function connectGit(entry: RegistryEntry, tools: ProtocolTools): Connection {
  const mirror = openMirror(entry, tools)
  const path = textOption(entry, 'path')
  const shape = textOption(entry, 'shape')
  const context = { registry: entry.name, registryType: entry.type, address: entry.url }
  return {
    async list(call, validator) {
      const commit = await mirror.update(call)
      if (commit === validator) return 'not-modified'
      return mirror.checkedOut(commit, call, async (folder) => {
        const below = path ? join(folder, join('/', path)) : folder
        const walked = await walkGoods(below, entry.name, tools.system.clock, shape)
        const batch = readGoods(treeOf(walked), context, shape)
        const root = path
          ? walked.root.slice(0, walked.root.length - join('/', path).replace(/\/$/, '').length)
          : walked.root
        const listings = batch.listings.map((one) => withGit(one, root, mirror.url, commit))
        return { ...batch, listings, skipped: [...walked.skipped, ...batch.skipped], validator: commit }
      })
    },
    async fetch(artifact, into, call) {
      // Keys of this registry go to its own repository only.
      const isOwn = artifact.form === 'git' && artifact.url === mirror.url
      const access = isOwn ? { gitAccess: await gitAccessOf(entry, tools, call.signal) } : {}
      return fetchArtifact(artifact, into, call, { registry: entry.name, home: entry.url, tools, ...access })
    },
  }
}
