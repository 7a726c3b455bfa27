import type { RegistryEntry } from './registry-entry.ts'

/** A change to the list of registries in the settings file. Members are as the file writes them, secrets as `${VAR}`. */
export type RegistryEdit =
  | { action: 'add'; name: string; url: string; members: Record<string, unknown>; isDefault?: boolean }
  /** Members that are undefined are taken out. */
  | { action: 'change'; name: string; members: Record<string, unknown> }
  | { action: 'rename'; name: string; to: string }
  | { action: 'priority'; name: string; priority: number }
  | { action: 'remove' | 'enable' | 'disable' | 'default'; name: string }
  /** Takes over the registries of another settings file; that of an older program of the family when none is named. */
  | { action: 'import'; file?: string }

/** What an edit did, or would do. */
export interface EditOutcome {
  /** The settings file written to. */
  file: string
  /** Lines that go and come, with their surroundings, in the form of `diff -u`; empty when nothing changes. */
  diff: string[]
  /** Names an import brings, and those it leaves out with the reason. */
  added?: string[]
  left?: { name: string; why: string }[]
  /** Variables an import reads secrets from that the other file held in the open. */
  variables?: string[]
}

/** A public registry the program knows of; nobody asks it until it is enabled. */
export interface Suggestion {
  entry: RegistryEntry
  /** What is there, one sentence. */
  about: string
}

/** What a look at an address found. */
export interface Probe {
  address: string
  /** A name that is not taken. */
  name: string
  protocol: string
  /** Absent when they could not be counted: credentials are needed, or it takes too long. */
  items?: number
  /** Entries that could not be read. */
  skipped: number
  /** Goods by kind, and by the shape they were written in. */
  kinds: Record<string, number>
  shapes: Record<string, number>
  needsCredentials: boolean
  /** Why nothing more is known, as a sentence. */
  note?: string
  /** What else was tried, and why it is not that. */
  tried: { protocol: string; why: string }[]
  ms: number
}
