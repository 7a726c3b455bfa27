import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../shared/corpus', import.meta.url))

/** Path inside the shared corpus of other people's data, or undefined when it is not on this machine. */
export function corpus(part: string): string | undefined {
  const path = `${folder}/${part}`
  if (existsSync(path)) return path
  console.warn(`SKIPPED: no corpus at ${path}`)
  return undefined
}
