import { asMember, type Property } from './node.ts'

/** A name of a property, and in lower case. */
export type Name = Pick<Property, 'name' | 'key'>

/** So many names are remembered by what their letters come to; a power of two. */
const SLOTS = 4096

/** The names of a text, each kept once. */
export class Names {
  readonly #known = new Map<string, Name>()
  readonly #slots: (Name | undefined)[] = Array.from({ length: SLOTS }, () => undefined)

  of(text: string): Name {
    const known = this.#known.get(text)
    if (known) return known
    const name = asMember(text)
    const made = { name, key: asMember(name.toLowerCase()) }
    this.#known.set(name, made)
    return made
  }

  /** The name that stands from one place of a text to another; `mark` is a number made of its letters. */
  // oxlint-disable-next-line max-params
  at(text: string, from: number, to: number, mark: number): Name {
    const slot = (mark ^ (mark >>> 12)) & (SLOTS - 1)
    const last = this.#slots[slot]
    if (last && last.name.length === to - from && text.startsWith(last.name, from)) return last
    return (this.#slots[slot] = this.of(text.slice(from, to)))
  }
}
