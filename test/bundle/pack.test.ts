import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { digestFile, digestTree } from '../../src/bundle/digest.ts'
import { BUNDLE_MANIFEST, packFiles, packFolder } from '../../src/bundle/pack.ts'
import { unpackZip } from '../../src/bundle/zip.ts'
import { listBundle, verifyBundle, type BundleEntry } from '../../src/bundle/verify.ts'
import { tempFolder } from '../support/temp.ts'

const LIMITS = { maxUnpackedBytes: 1 << 28, maxFileBytes: 1 << 26, maxEntries: 10_000, maxRatio: 200 }

function goods(): string {
  const folder = join(tempFolder(), 'goods')
  mkdirSync(join(folder, 'nested/deep'), { recursive: true })
  mkdirSync(join(folder, '.git'))
  writeFileSync(
    join(folder, 'mainTemplate.json'),
    JSON.stringify({ resources: Array.from({ length: 500 }, (_, i) => i) }),
  )
  writeFileSync(join(folder, 'nested/deep/Ünïcode.txt'), 'text')
  writeFileSync(join(folder, 'empty.txt'), '')
  writeFileSync(join(folder, '.env'), 'SECRET=1')
  writeFileSync(join(folder, '.git/config'), 'x')
  writeFileSync(join(folder, 'server.pem'), 'x')
  symlinkSync('/etc/passwd', join(folder, 'link'))
  return folder
}

describe('packing a folder', () => {
  it('takes the one dot file that holds names and no values', async () => {
    const folder = goods()
    writeFileSync(join(folder, 'nested/.env.example'), 'SECRET=\n')
    mkdirSync(join(folder, '.hidden'))
    writeFileSync(join(folder, '.hidden/.env.example'), 'SECRET=\n')
    const { left, entries } = await packFolder(folder, { into: join(tempFolder(), 'a.zip') })
    expect(left.map((one) => one.path)).toEqual(['.env', '.git/config', '.hidden/.env.example', 'link', 'server.pem'])
    expect(entries).toBe(5)
  })

  it('gives the same bytes twice, leaves secrets out and says so', async () => {
    const folder = goods()
    const out = tempFolder()
    const first = await packFolder(folder, { into: join(out, 'a.zip'), manifest: { name: 'x' } })
    const second = await packFolder(folder, { into: join(out, 'b.zip'), manifest: { name: 'x' } })
    expect(first).toEqual(second)
    expect(readFileSync(join(out, 'a.zip'))).toEqual(readFileSync(join(out, 'b.zip')))
    expect(first.sha256).toBe(await digestFile(join(out, 'a.zip')))
    expect(first.left.map((one) => one.path)).toEqual(['.env', '.git/config', 'link', 'server.pem'])
    const listed: BundleEntry[] = []
    await listBundle(join(out, 'a.zip'), (entry) => listed.push(entry))
    expect(listed.map((one) => one.path)).toEqual([
      'empty.txt',
      'mainTemplate.json',
      'nested/deep/Ünïcode.txt',
      BUNDLE_MANIFEST,
    ])
    expect(first.entries).toBe(4)
  })

  it('is accepted by Info-ZIP and by our own reader, byte for byte', async () => {
    const folder = goods()
    const out = tempFolder()
    await packFolder(folder, { into: join(out, 'a.zip') })
    expect(execFileSync('unzip', ['-t', join(out, 'a.zip')]).toString()).toContain('No errors')
    const { files } = await unpackZip(join(out, 'a.zip'), join(out, 'back'), { label: 'a', limits: LIMITS })
    expect((await digestTree(join(out, 'back'))).files).toEqual(files)
    expect(readFileSync(join(out, 'back/nested/deep/Ünïcode.txt'), 'utf8')).toBe('text')
    expect(await verifyBundle(join(out, 'a.zip'))).toMatchObject({ changed: [], missing: [], unlisted: [], entries: 3 })
  })

  it('shrinks from level 0 to 9 and streams large files', async () => {
    const out = tempFolder()
    const source = join(out, 'big.json')
    writeFileSync(source, JSON.stringify(Array.from({ length: 60_000 }, (_, i) => ({ id: i, name: `item ${i % 97}` }))))
    const sizes: number[] = []
    for (const level of [0, 1, 9])
      sizes.push(
        (await packFiles({ files: [{ path: 'big.json', source }], into: join(out, `${level}.zip`), level })).bytes,
      )
    expect(sizes[0]).toBeGreaterThan(sizes[1] ?? 0)
    expect(sizes[1]).toBeGreaterThan(sizes[2] ?? 0)
    expect(execFileSync('unzip', ['-t', join(out, '0.zip')]).toString()).toContain('No errors')
  })

  it('finds every flipped byte of the content', async () => {
    const out = tempFolder()
    await packFolder(goods(), { into: join(out, 'a.zip'), level: 0 })
    const whole = readFileSync(join(out, 'a.zip'))
    const at = whole.indexOf('"resources"')
    for (const offset of [0, 5, 40]) {
      const bad = Buffer.from(whole)
      bad[at + offset] = (bad[at + offset] ?? 0) ^ 1
      writeFileSync(join(out, 'bad.zip'), bad)
      expect((await verifyBundle(join(out, 'bad.zip'))).changed).toEqual(['mainTemplate.json'])
    }
  })

  it('refuses keys, escaping paths and a missing source', async () => {
    const into = join(tempFolder(), 'x.zip')
    for (const path of ['../up', '/abs', 'a/.env', 'id_rsa', 'a\\b'])
      await expect(packFiles({ files: [{ path, content: '' }], into })).rejects.toMatchObject({ code: 'item.unsafe' })
    await expect(packFiles({ files: [{ path: 'a', source: '/nonexistent/a' }], into })).rejects.toThrow(/ENOENT/)
  })

  it('stops when cancelled', async () => {
    const control = new AbortController()
    const files = Array.from({ length: 50 }, (_, i) => ({ path: `f${i}`, content: 'x'.repeat(1000) }))
    const onProgress = (_done: number, count: number): void => {
      if (count === 10) control.abort()
    }
    const out = tempFolder()
    const packing = packFiles({ files, into: join(out, 'x.zip'), signal: control.signal, onProgress })
    await expect(packing).rejects.toMatchObject({ name: 'AbortError' })
    expect(readdirSync(out)).toEqual([])
  })
})
