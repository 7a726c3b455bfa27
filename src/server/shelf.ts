import type { Listing } from '../model/listing.ts'

/** The goods a server shows. Made by the caller out of a folder; the server knows neither shapes nor bundles. */
export interface Shelf {
  /** Everything there is, as it stands now. */
  list(): Promise<Listing[]>
  /** Those that fit a text, best first: the order every client of the program shows. */
  rank(all: readonly Listing[], text: string): readonly Listing[]
  /** The goods of one release as a reproducible archive on this machine; undefined when there are no such goods. */
  pack(name: string, version: string): Promise<{ path: string; sha256: string; size: number } | undefined>
  /** The goods of a folder that is not on the shelf yet, and what in it cannot be read. */
  inspect(folder: string): Promise<{ listings: Listing[]; skipped: { item: string; reason: string }[] }>
}
