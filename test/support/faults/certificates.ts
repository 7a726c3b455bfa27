import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Door } from './mode.ts'

interface Certificate {
  key: string
  cert: string
}
export type Certificates = Partial<Record<Door, Certificate>>

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/**
 * Certificates made for this run, all but `untrusted` trusted by this process from now on. Undefined where no openssl
 * can make them.
 */
export function makeCertificates(): Certificates | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'souk-certificates-'))
  const openssl = (args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  const read = (name: string): Certificate => ({
    key: readFileSync(join(folder, `${name}.key`), 'utf8'),
    cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
  })
  const make = (name: string, alternative: string): Certificate => {
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternative}`]
    openssl(['req', '-x509', ...EC, '-keyout', `${name}.key`, '-out', `${name}.pem`, ...subject, '-days', '2'])
    return read(name)
  }
  const expired = (): Certificate => {
    openssl(['req', ...EC, '-keyout', 'past.key', '-out', 'past.csr', '-subj', '/CN=past'])
    openssl(['x509', '-req', '-in', 'past.csr', '-key', 'past.key', '-days', '-1', '-out', 'past.pem'])
    return read('past')
  }
  try {
    const made: Certificates = {
      untrusted: make('untrusted', 'IP:127.0.0.1'),
      trusted: make('trusted', 'IP:127.0.0.1'),
      'other-name': make('other', 'DNS:registry.example'),
      expired: expired(),
    }
    const trusted = [made.trusted, made['other-name'], made.expired].flatMap((one) => (one ? [one.cert] : []))
    setDefaultCACertificates([...getCACertificates('default'), ...trusted])
    return made
  } catch (error) {
    console.warn(`SKIPPED: no certificates could be made (${error instanceof Error ? error.message : 'no openssl'})`)
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
