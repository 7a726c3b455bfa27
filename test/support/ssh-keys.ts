import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from './temp.ts'

export const hasSshKeygen = (): boolean => spawnSync('ssh-keygen', ['-?']).error === undefined

/** A new key of its own folder, with the file that allows its signatures under the name `who`. */
export function sshKey(who = 'tester', passphrase = ''): { key: string; allowed: string; public: string } {
  const folder = tempFolder()
  const key = join(folder, 'id_ed25519')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', who, '-f', key])
  const line = readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
  const allowed = join(folder, 'allowed_signers')
  writeFileSync(allowed, `${who} ${line}\n`)
  return { key, allowed, public: line }
}
