import { itemManifest, reasonOf } from '../../model/errors.ts'
import type { Listing } from '../../model/listing.ts'
import { harmless } from '../../model/text.ts'
import type { Batch, Skipped } from '../registry.ts'
import { settleNames } from './settle-names.ts'
import type { GoodsFile, Shape, ShapeContext } from './shape.ts'
import { SHAPES } from './shapes.ts'
import { soukManifest } from './souk-manifest.ts'

/** Files by their path; `open` reads one, and throws when it cannot. */
export interface GoodsTree {
  paths: readonly string[]
  open(path: string): GoodsFile
}

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

const isBelow = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`)

/** The shapes a registry is read with: all, or the one its settings name. */
function shapesFor(id: string | undefined): readonly Shape[] {
  if (id === undefined) return SHAPES
  const chosen = SHAPES.filter((shape) => shape.id === id)
  if (chosen.length > 0) return chosen
  throw itemManifest(`shape "${harmless(id, 60)}"`, `is unknown; known are ${SHAPES.map((one) => one.id).join(', ')}`)
}

/** Reads every file of a tree with the shape that takes it. What cannot be read is reported; the rest stays. */
export function readGoods(tree: GoodsTree, context: ShapeContext, shapeId?: string): Batch {
  const shapes = shapesFor(shapeId)
  const all = new Set(tree.paths)
  const claimed: string[] = []
  const listings: Listing[] = []
  const skipped: Skipped[] = []
  const own = new Set<string>()
  const taken = new Map<string, number>()
  const read = (shape: Shape, file: GoodsFile): void => {
    const reading = shape.read(file, context)
    taken.set(shape.id, (taken.get(shape.id) ?? 0) + 1)
    listings.push(...reading.listings)
    for (const listing of reading.listings) if (shape === soukManifest) own.add(listing.name)
    skipped.push(...reading.skipped)
  }
  const attempt = (path: string, candidates: readonly Shape[]): void => {
    try {
      const file = tree.open(path)
      const shape = candidates.find((one) => one.takes?.(file) ?? true)
      if (shape?.scope === 'folder') claimed.push(folderOf(path))
      if (shape) read(shape, file)
      else if (/\.ya?ml$/i.test(path)) skipped.push({ item: harmless(path), reason: 'no known shape takes this file' })
    } catch (error) {
      skipped.push({ item: harmless(path), reason: harmless(reasonOf(error), 500) })
    }
  }
  const depth = (path: string): number => path.split('/').length
  const folders = shapes.filter((shape) => shape.scope === 'folder')
  const sorted = tree.paths.toSorted((a, b) => (a < b ? -1 : 1))
  for (const path of sorted.toSorted((a, b) => depth(a) - depth(b))) {
    if (claimed.some((folder) => isBelow(path, folder))) continue
    const has = (name: string): boolean => all.has(folderOf(path) ? `${folderOf(path)}/${name}` : name)
    const candidates = folders.filter((shape) => shape.names?.(path, has))
    if (candidates.length > 0) attempt(path, candidates)
  }
  const documents = shapes.filter((shape) => shape.scope === 'document')
  for (const path of sorted) {
    if (!/\.(?:ya?ml|json)$/i.test(path) || claimed.some((folder) => isBelow(path, folder))) continue
    if (documents.length > 0) attempt(path, documents)
  }
  const settled = settleNames(listings, (listing) => own.has(listing.name))
  return { listings: settled, skipped, total: listings.length, shapes: Object.fromEntries(taken) }
}
