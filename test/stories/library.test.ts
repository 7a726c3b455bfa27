import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { cleanEnv, souk } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A program of somebody else that has souk among its packages. */
function project(source: string): string {
  const folder = tempFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'souk'))
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  writeFileSync(join(folder, 'use.ts'), source)
  return folder
}

const SOURCE = `import { makeQuery, MarketError, openMarketplace, type Marketplace } from 'souk'

const market: Marketplace = await openMarketplace({ settings: { 'cache.store': 'memory' } })
try {
  let ids: string[] = []
  for await (const catalog of market.search(makeQuery({ text: 'key vault' }))) ids = catalog.rows.map((row) => row.listing.id)
  const { listing } = await market.details('key-vault-starter', { isShown: true })
  const job = await market.jobs.start('install', 'Install', { ids: [listing.id], yes: true })
  for await (const event of market.jobs.follow(job)) void event
  const failure = await market.details('nothing-like-it').catch((error: unknown) => error)
  const installed = (await market.installed()).map((one) => one.id)
  console.log(JSON.stringify({ ids, installed, code: failure instanceof MarketError ? failure.code : 'none' }))
} finally {
  await market.close()
}
`

it('is a module that other programs open the market with', async () => {
  const folder = project(SOURCE)
  const home = tempFolder()
  const ran = await execa(process.execPath, ['use.ts'], { cwd: folder, env: cleanEnv(home), extendEnv: false })
  expect(JSON.parse(ran.stdout)).toEqual({
    ids: expect.arrayContaining(['builtin/key-vault-starter']),
    installed: ['builtin/key-vault-starter'],
    code: 'item.notFound',
  })
  // The very same market: the command line sees what it did.
  const lines = (await souk(home, ['audit', '--json'])).json<object[]>()
  expect(lines).toMatchObject([
    { action: 'show', item: 'builtin/key-vault-starter', cause: 'library' },
    { action: 'install', item: 'builtin/key-vault-starter', cause: 'library' },
  ])
})

it('comes with its types', () => {
  const types = join(root, 'dist', 'types')
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  execFileSync(tsc, ['-p', join(root, '.build', 'types.json'), '--outDir', types])
  const options = { module: 'nodenext', strict: true, noEmit: true, types: [], target: 'es2024', skipLibCheck: true }
  const folder = project(SOURCE.replace(/console\.log\(.*\n/, ''))
  writeFileSync(
    join(folder, 'wrong.ts'),
    "import { openMarketplace } from 'souk'\n(await openMarketplace()).sarch('x')\n",
  )
  const files = ['use.ts', 'wrong.ts']
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }))
  const told = spawnSync(tsc, ['-p', folder], { encoding: 'utf8' }).stdout.trim().split('\n')
  // The one mistake is found, and there is none in the program above.
  expect(told).toEqual([expect.stringMatching(/wrong\.ts\(2,.*'sarch'/)])
})
