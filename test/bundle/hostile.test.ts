import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { discardTree, removeTree } from '../../src/bundle/remove-tree.ts'
import { archiveKind, unpackTarGz } from '../../src/bundle/tar-gz.ts'
import { listBundle } from '../../src/bundle/verify.ts'
import { unpackZip } from '../../src/bundle/zip.ts'
import { rawZip, type RawEntry } from '../install/market.ts'
import { tempFolder } from '../support/temp.ts'

const LIMITS = { maxUnpackedBytes: 4 << 20, maxFileBytes: 2 << 20, maxEntries: 50, maxRatio: 200 }
const options = { label: 'it', limits: LIMITS }

function setting(): { file: string; into: string; outside: () => string[] } {
  const root = tempFolder()
  mkdirSync(join(root, 'into'))
  return { file: join(root, 'a.zip'), into: join(root, 'into'), outside: () => readdirSync(root) }
}

const zeros = Buffer.alloc(2 << 20)
const HOSTILE: [string, RawEntry[]][] = [
  ['a parent path', [{ name: '../evil' }]],
  ['a parent path further in', [{ name: 'a/../../evil' }]],
  ['an absolute path', [{ name: '/evil' }]],
  ['a drive', [{ name: 'C:evil' }]],
  ['a backslash', [{ name: 'a\\..\\evil' }]],
  ['a NUL', [{ name: 'a\0b' }]],
  ['an escape', [{ name: 'a\u001b[31mb' }]],
  ['a device name', [{ name: 'docs/NUL.txt' }]],
  ['a trailing dot', [{ name: 'a./b' }]],
  ['a trailing space', [{ name: 'a ' }]],
  ['an alternate stream', [{ name: 'a:b' }]],
  ['a long component', [{ name: 'x'.repeat(256) }]],
  ['33 folders', [{ name: `${'d/'.repeat(33)}f` }]],
  ['an empty component', [{ name: 'a//b' }]],
  ['one name twice', [{ name: 'a' }, { name: 'a' }]],
  ['names that differ by case', [{ name: 'README' }, { name: 'readme' }]],
  ['names that differ by composition', [{ name: 'é' }, { name: 'e\u0301' }]],
  ['a file below a file', [{ name: 'a' }, { name: 'a/b' }]],
  ['a link', [{ name: 'l', data: '/etc/passwd', mode: 0o120777 }]],
  ['a device', [{ name: 'd', mode: 0o060644 }]],
  ['an encrypted entry', [{ name: 'a', data: 'x', flags: 1 }]],
  ['a stated size too small', [{ name: 'a', data: 'xxxx', statedSize: 1 }]],
  ['a stated size too large', [{ name: 'a', data: 'xxxx', statedSize: 100 }]],
  ['a wrong checksum', [{ name: 'a', data: 'xxxx', crc: 1 }]],
  ['another name in front of the data', [{ name: 'a', localName: 'b' }]],
  [
    'overlapping entries',
    [
      { name: 'a', data: 'x' },
      { name: 'a', localName: 'a', data: 'x', offset: 0 },
    ],
  ],
  [
    'one body for two names',
    [
      { name: 'a', data: 'x' },
      { name: 'b', data: 'x', offset: 0 },
    ],
  ],
  [
    'hidden data before the first entry',
    [
      { name: 'a', data: 'x' },
      { name: 'b', data: 'y' },
    ]
      .slice(0, 1)
      .map((e) => ({ ...e, offset: 4 })),
  ],
  ['a bomb by ratio', [{ name: 'a', data: zeros }]],
  ['too many entries', Array.from({ length: 51 }, (_, i) => ({ name: `f${i}` }))],
  ['a second name in an extra field', [{ name: 'a', extra: Buffer.from([0x75, 0x70, 1, 0, 1]) }]],
]

describe('a hostile ZIP', () => {
  it.each(HOSTILE)('with %s is refused and nothing lands outside', async (_what, entries) => {
    const { file, into, outside } = setting()
    writeFileSync(file, rawZip(entries))
    await expect(unpackZip(file, into, options)).rejects.toMatchObject({ code: 'item.unsafe' })
    expect(outside()).toEqual(['a.zip', 'into'])
  })

  it('that two readers would read differently is refused', async () => {
    const { file, into } = setting()
    const inner = rawZip([{ name: 'inner' }])
    const bad = [
      rawZip([{ name: 'a' }], { after: 'trailing' }),
      Buffer.concat([Buffer.from('prefix'), rawZip([{ name: 'a' }])]),
      Buffer.concat([inner, rawZip([{ name: 'a' }])]),
      rawZip([{ name: 'a' }], { comment: inner.subarray(inner.length - 22).toString('latin1') }),
      rawZip([{ name: 'a' }]).subarray(0, 40),
      Buffer.alloc(0),
    ]
    for (const bytes of bad) {
      writeFileSync(file, bytes)
      await expect(unpackZip(file, into, options)).rejects.toMatchObject({ code: 'item.unsafe' })
    }
    expect(readdirSync(into)).toEqual([])
  })

  it('over the total or over the size of one file is refused; just at the limit it is taken', async () => {
    const { file, into } = setting()
    const noise = (bytes: number): Buffer =>
      Buffer.from(Array.from({ length: bytes }, (_, i) => (i * i * 31 + (i >> 3)) & 255))
    const limits = { ...LIMITS, maxFileBytes: 1000, maxUnpackedBytes: 2000 }
    const take = async (sizes: number[], folder: string) => {
      writeFileSync(file, rawZip(sizes.map((size, i) => ({ name: `f${i}`, data: noise(size) }))))
      return unpackZip(file, join(into, folder), { label: 'it', limits })
    }
    await expect(take([1001], 'a')).rejects.toMatchObject({ code: 'item.unsafe' })
    await expect(take([1000, 1000, 1], 'b')).rejects.toMatchObject({ code: 'item.unsafe' })
    expect((await take([1000, 1000], 'c')).bytes).toBe(2000)
  })

  it('is refused by listing too, and a link in the way is not followed', async () => {
    const { file, into, outside } = setting()
    writeFileSync(file, rawZip([{ name: '../evil' }]))
    await expect(listBundle(file, () => {})).rejects.toMatchObject({ code: 'item.unsafe' })
    writeFileSync(file, rawZip([{ name: 'a', data: 'x' }]))
    symlinkSync(join(into, '..', 'evil'), join(into, 'a'))
    await expect(unpackZip(file, into, options)).rejects.toThrow(/EEXIST|ELOOP/)
    expect(outside()).toEqual(['a.zip', 'into'])
  })

  it('keeps the executable bit and nothing else of the mode', async () => {
    const { file, into } = setting()
    const entries = [
      { name: 'run', data: 'x', mode: 0o104777 },
      { name: 'read', data: 'x', mode: 0o100600 },
      { name: 'folder/', mode: 0o040777 },
    ]
    writeFileSync(file, rawZip(entries))
    await unpackZip(file, into, options)
    expect(statSync(join(into, 'run')).mode & 0o7777).toBe(0o755)
    expect(statSync(join(into, 'read')).mode & 0o7777).toBe(0o644)
  })
})

type TarHeader = Parameters<ReturnType<typeof pack>['entry']>[0]
async function tarGz(entries: [TarHeader, string | Buffer][]): Promise<Buffer> {
  const tar = pack()
  for (const [header, content] of entries) tar.entry(header, content as string)
  tar.finalize()
  const parts: Uint8Array[] = []
  for await (const part of tar as AsyncIterable<Uint8Array>) parts.push(part)
  return gzipSync(Buffer.concat(parts))
}

describe('a tar.gz', () => {
  it('with files and folders is unpacked', async () => {
    const { file, into } = setting()
    const entries: [TarHeader, string][] = [
      [{ name: './', type: 'directory' }, ''],
      [{ name: './bin', type: 'directory' }, ''],
      [{ name: './bin/tool', mode: 0o755 }, 'run'],
      [{ name: 'README.md' }, 'text'],
    ]
    writeFileSync(file, await tarGz(entries))
    expect(await archiveKind(file)).toBe('tar.gz')
    const { files } = await unpackTarGz(file, into, options)
    expect(files.map((one) => [one.path, one.mode])).toEqual([
      ['README.md', 0o644],
      ['bin/tool', 0o755],
    ])
    expect(readFileSync(join(into, 'bin/tool'), 'utf8')).toBe('run')
  })

  it.each<[string, [TarHeader, string | Buffer][]]>([
    ['a parent path', [[{ name: '../evil' }, 'x']]],
    ['an absolute path', [[{ name: '/evil' }, 'x']]],
    ['a link', [[{ name: 'l', type: 'symlink', linkname: '/etc' }, '']]],
    ['a hard link', [[{ name: 'l', type: 'link', linkname: 'a' }, '']]],
    ['a device', [[{ name: 'd', type: 'character-device' }, '']]],
    ['a bomb', [[{ name: 'a' }, Buffer.alloc(8 << 20)]]],
    [
      'a name twice',
      [
        [{ name: 'a' }, 'x'],
        [{ name: 'A' }, 'y'],
      ],
    ],
  ])('with %s is refused', async (_what, entries) => {
    const { file, into, outside } = setting()
    writeFileSync(file, await tarGz(entries))
    await expect(unpackTarGz(file, into, options)).rejects.toMatchObject({ code: 'item.unsafe' })
    expect(outside()).toEqual(['a.zip', 'into'])
  })

  it('cut short is refused', async () => {
    const { file, into } = setting()
    const whole = await tarGz([[{ name: 'a' }, 'x'.repeat(5000)]])
    writeFileSync(file, whole.subarray(0, whole.length - 20))
    await expect(unpackTarGz(file, into, options)).rejects.toMatchObject({ code: 'item.unsafe' })
  })
})

describe('removing a tree', () => {
  it('copes with thousands of levels and does not follow links', async () => {
    const root = tempFolder()
    writeFileSync(join(root, 'precious'), 'x')
    mkdirSync(join(root, 'tree'))
    let at = join(root, 'tree')
    for (let depth = 0; depth < 1200; depth++) {
      at += '/d'
      mkdirSync(at)
    }
    symlinkSync(join(root, 'precious'), join(root, 'tree', 'link'))
    await discardTree(join(root, 'tree'), join(root, 'trash'), 'n')
    await removeTree(join(root, 'tree'))
    expect(readdirSync(root)).toEqual(['precious', 'trash'])
    expect(readdirSync(join(root, 'trash'))).toEqual([])
  })
})
