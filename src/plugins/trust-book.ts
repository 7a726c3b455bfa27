import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileProblem, reasonOf } from '../model/errors.ts'
import type { System } from '../system/system.ts'

/** What was trusted: these very files, and when. */
interface Trust {
  digest: string
  version: string
  /** ISO time. */
  at: string
}

/** Which plugins their user trusts, in a file only that user can read. An unreadable file trusts nobody. */
export interface TrustBook {
  of(name: string): Trust | undefined
  put(name: string, trust: Trust | undefined): void
}

const isTrust = (value: unknown): value is Trust => {
  const one = value as Partial<Trust> | null
  return typeof one?.digest === 'string' && typeof one.version === 'string' && typeof one.at === 'string'
}

export function openTrustBook(system: System, file: string): TrustBook {
  const read = (): Map<string, Trust> => {
    try {
      const all = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)
      return new Map(all.filter((one): one is [string, Trust] => isTrust(one[1])))
    } catch {
      return new Map()
    }
  }
  return {
    of: (name) => read().get(name),
    put(name, trust) {
      const all = read()
      if (trust) all.set(name, trust)
      else all.delete(name)
      const next = `${file}.${system.random.id(8)}`
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
        writeFileSync(next, JSON.stringify(Object.fromEntries(all)), { mode: 0o600, flush: true })
        renameSync(next, file)
      } catch (error) {
        rmSync(next, { force: true })
        throw fileProblem(file, `what is trusted could not be written down (${reasonOf(error)})`, error)
      }
    },
  }
}
