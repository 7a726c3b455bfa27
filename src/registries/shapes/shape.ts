import { dirname } from 'node:path/posix'
import type { Artifact, Dependency, Listing, RegistryType, Release } from '../../model/listing.ts'

/** One file of a registry as a shape sees it. */
export interface GoodsFile {
  /** Relative to the registry's root, with forward slashes; the name of the document for an index. */
  path: string
  text: string
  /** The text parsed by its ending, once. Throws `item.manifest`. */
  value(): unknown
  /** Absolute folder that holds the file; undefined when it came over the network. */
  folder: string | undefined
  /** Files in that folder and below, relative to it. */
  files: readonly string[]
  /** Text of a file beside it; undefined when there is none. */
  beside(name: string): string | undefined
}

/** For whom a shape reads. */
export interface ShapeContext {
  registry: string
  registryType: RegistryType
  /** Address of the registry, to resolve relative addresses of artifacts. */
  address: string
}

/** Good listings, and the entries that could not be read. */
export interface Reading {
  listings: Listing[]
  skipped: { item: string; reason: string }[]
}

/** What one kind of goods looks like on disk or in a document. */
export interface Shape {
  id: string
  /**
   * `folder`: the file stands for its whole folder, whose other files are then no goods of their own.
   * `document`: the file is looked at by itself.
   */
  scope: 'folder' | 'document'
  /** For folders: by the names alone. */
  names?(path: string, has: (name: string) => boolean): boolean
  /** For documents, and to be sure of a folder: by the content. */
  takes?(file: GoodsFile): boolean
  /** Throws `item.manifest` when the whole file is unfit. */
  read(file: GoodsFile, context: ShapeContext): Reading
}

/** A whole listing out of what a shape knows; the rest is unknown, never zero. */
export function makeListing(
  context: ShapeContext,
  part: Pick<Listing, 'kind' | 'name' | 'description'> & Partial<Listing>,
): Listing {
  return {
    title: part.name,
    categories: [],
    tags: [],
    services: [],
    languages: [],
    badges: [],
    releases: [],
    needs: [],
    scripts: [],
    extra: {},
    ...part,
    id: `${context.registry}/${part.name}`,
    registry: context.registry,
    registryType: context.registryType,
  }
}

/** One listing, nothing skipped. */
export const one = (listing: Listing): Reading => ({ listings: [listing], skipped: [] })

/** The members of `part` that are known. */
export function known<T extends object>(part: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Asked for every entry of every answer: without lists in between.
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {}
  for (const key of Object.keys(part) as (keyof T)[]) {
    const value = part[key]
    if (value !== undefined) kept[key] = value as Exclude<T[keyof T], undefined>
  }
  return kept
}

/** The file itself as an artifact: a copy on this machine, or its text. */
export function itself(file: GoodsFile): Artifact {
  const name = file.path.slice(dirname(file.path) === '.' ? 0 : dirname(file.path).length + 1)
  return file.folder === undefined
    ? { form: 'text', file: name, content: file.text }
    : { form: 'files', root: file.folder, files: [name] }
}

/**
 * The only release of a listing. Goods without a version have one too, with an empty version, because a release is
 * where artifacts and dependencies stand.
 */
export const oneRelease = (
  version: string | undefined,
  artifacts: Artifact[],
  dependencies: Dependency[] = [],
): Release => ({ version: version ?? '', dependencies, artifacts, requires: [], capabilities: [] })
