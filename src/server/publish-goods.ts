import { mkdir, rename, rm, writeFile, access } from 'node:fs/promises'
import { join } from 'node:path'
import { manifestSchema } from '../model/manifest.ts'
import type { System } from '../system/system.ts'

const VERSION = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]{1,60})?$/

export type Published = { status: 201; name: string; version: string } | { status: 409 | 422; reason: string }

/** What an author sent, as a manifest: wire names are taken too. Community figures are the registry's, never the author's. */
function manifestOf(body: Record<string, unknown>): unknown {
  const { marketplace, name, ...rest } = body
  void marketplace
  return { ...rest, id: body['id'] ?? name, name: body['title'] ?? name }
}

/** Stores one publication as the new folder `name/version`, whole or not at all. The same version twice is 409. */
export async function publishGoods(folder: string, body: Record<string, unknown>, system: System): Promise<Published> {
  const checked = manifestSchema.safeParse(manifestOf(body))
  if (!checked.success) {
    const issue = checked.error.issues[0]
    return { status: 422, reason: `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'is wrong'}` }
  }
  const { id, version } = checked.data
  if (!VERSION.test(version)) return { status: 422, reason: 'version: must be a semantic version such as 1.2.0' }
  const place = join(folder, id, version)
  const isTaken = await access(place).then(
    () => true,
    () => false,
  )
  if (isTaken) return { status: 409, reason: `${id} ${version} is already published` }
  const stage = join(folder, `.stage-${system.random.id(12)}`)
  try {
    await mkdir(stage, { recursive: true })
    await writeFile(join(stage, 'souk.json'), `${JSON.stringify(checked.data, null, 2)}\n`)
    const readme = body['long_description']
    if (typeof readme === 'string') await writeFile(join(stage, 'README.md'), readme)
    await mkdir(join(folder, id), { recursive: true })
    await rename(stage, place)
    return { status: 201, name: id, version }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOTEMPTY' || code === 'EEXIST')
      return { status: 409, reason: `${id} ${version} is already published` }
    throw error
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}
