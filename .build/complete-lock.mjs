// Adds to package-lock.json the builds for other platforms that npm leaves out when a package mirror does not carry
// them; without these entries "npm ci" refuses the lock file. Run it after every change of the dependencies:
// npm i --package-lock-only && node .build/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs'

const SYSTEMS = ['darwin', 'win32', 'linux', 'android', 'freebsd', 'openharmony']
const PROCESSORS = {
  'arm-': 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
  x64: 'x64',
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
for (const [owner, facts] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(facts.optionalDependencies ?? {})) {
    const at = `node_modules/${name}`
    if (lock.packages[at] || lock.packages[`${owner}/${at}`]) continue
    const system = SYSTEMS.find((one) => name.includes(one))
    const processor = Object.keys(PROCESSORS).find((one) => name.includes(one))
    const libc = name.includes('musl') ? 'musl' : system === 'linux' ? 'glibc' : undefined
    lock.packages[at] = {
      version,
      ...(processor ? { cpu: [PROCESSORS[processor]] } : {}),
      ...(facts.dev ? { dev: true } : {}),
      license: facts.license,
      optional: true,
      ...(system ? { os: [system] } : {}),
      ...(libc ? { libc: [libc] } : {}),
    }
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
