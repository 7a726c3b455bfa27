import { configInvalid } from '../model/errors.ts'
import { isInsecureAddress, type RegistryEntry } from '../model/registry-entry.ts'
import { readEntry } from './entry.ts'

/** An entry right in all its members; throws `config.invalid` with the first fault. `file` is told as its place. */
export function checkedEntry(
  members: Record<string, unknown>,
  { home, folder, file }: { home: string; folder: string; file?: string },
): RegistryEntry {
  const read = readEntry(members, home, folder)
  if ('entry' in read) return read.entry
  const [fault] = read.faults
  const policy = isInsecureAddress(String(members['url'])) ? { policy: 'trusted addresses' } : {}
  throw configInvalid(
    { ...(file === undefined ? {} : { file }), field: fault?.path.join('.') ?? '', ...policy },
    fault?.why ?? 'is not a registry',
  )
}
