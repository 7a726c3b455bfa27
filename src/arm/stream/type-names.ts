import { MAX_NAMES } from './assembly/codes.ts'
import type { Engine } from './engine.ts'
import { OTHER, type TypeNumber } from './tally.ts'
import { decoded } from './decoded.ts'

/** A resource without a type. */
export const NONE: TypeNumber = 0
/** So many of those types are told apart that the engine has no number for: too long ones, and any when it is full. */
const MAX_LONGER = 100
const DEPLOYMENT = 'microsoft.resources/deployments'

/** The names of types by their numbers: those of the engine, and above them such as are too long for it. */
export class TypeNames {
  readonly #names: string[] = []
  readonly #longer = new Map<string, TypeNumber>()
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  nameOf(type: TypeNumber): string {
    if (type === NONE) return '(none)'
    return type === OTHER ? '(other)' : (this.#names[type] ??= this.#read(type))
  }

  isDeployment(type: TypeNumber): boolean {
    return this.nameOf(type).toLowerCase() === DEPLOYMENT
  }

  /** The number of a type that the engine has none for. */
  numberOf(name: string): TypeNumber {
    const known = this.#longer.get(name)
    if (known !== undefined) return known
    // A deployment counts as one even when it comes after more types than are told apart.
    if (this.#longer.size >= MAX_LONGER && name.toLowerCase() !== DEPLOYMENT) return OTHER
    const added = MAX_NAMES + 1 + this.#longer.size
    this.#longer.set(name, added)
    this.#names[added] = name
    return added
  }

  #read(type: TypeNumber): string {
    const { bytes, nameEnd, nameLength, TYPE_TABLE } = this.#engine
    const end = nameEnd(TYPE_TABLE.value, type)
    return decoded(bytes, end - nameLength(TYPE_TABLE.value, type), end)
  }
}
