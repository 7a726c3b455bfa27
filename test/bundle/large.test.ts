import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packFiles, packList } from '../../src/bundle/pack.ts'
import { verifyBundle } from '../../src/bundle/verify.ts'
import { tempFolder } from '../support/temp.ts'

const MIB = 1024 * 1024

const line = (index: number): string => `{"id": ${index}, "name": "item-${(index * 7919) % 9973}"},\n`
const PIECE = Buffer.from(Array.from({ length: 40_000 }, (_, index) => line(index)).join(''))

/** Text that neither repeats exactly nor resists packing. */
const textOf = (bytes: number): Buffer =>
  bytes <= PIECE.length
    ? PIECE.subarray(0, bytes)
    : Buffer.concat(Array.from({ length: Math.ceil(bytes / PIECE.length) }, () => PIECE)).subarray(0, bytes)

describe('packing at size', { timeout: 60_000 }, () => {
  it('gives back what went in at every edge of a block, stored or packed', async () => {
    const root = tempFolder()
    mkdirSync(join(root, 'goods'))
    const sizes = [0, 1, 32_768, 32_769, 65_536, 65_537, MIB - 1, MIB, MIB + 1, 2 * MIB, 2 * MIB + 32_768, 5 * MIB]
    for (const size of sizes) writeFileSync(join(root, 'goods', `${size}.txt`), textOf(size))
    const { files } = await packList(join(root, 'goods'))
    for (const level of [0, 1, 6]) {
      const zip = join(root, `${level}.zip`)
      await packFiles({ files, into: zip, level })
      execFileSync('unzip', ['-qo', zip, '-d', join(root, String(level))])
      for (const size of sizes) {
        const made = readFileSync(join(root, String(level), `${size}.txt`))
        expect(made.equals(textOf(size)), `${size} bytes at level ${level}`).toBe(true)
      }
    }
  })

  it('gives many small files the same bytes from threads as from one', async () => {
    const root = tempFolder()
    mkdirSync(join(root, 'goods'))
    for (let index = 0; index < 1200; index++)
      writeFileSync(join(root, 'goods', `f${index}.json`), textOf((index * 37) % 5000))
    writeFileSync(join(root, 'goods/large.json'), textOf(3 * MIB))
    const { files } = await packList(join(root, 'goods'))
    // With its content at hand no file goes to a thread.
    const held = files.map(({ path, source }) => ({ path, content: readFileSync(source ?? '') }))
    const small = (all: typeof files): typeof files => all.filter(({ path }) => path !== 'large.json')
    const threads = await packFiles({ files: small(files), into: join(root, 'threads.zip') })
    expect(threads).toEqual(await packFiles({ files: small(held), into: join(root, 'here.zip') }))
    const seen: number[] = []
    const mixed = { files, into: join(root, 'mixed.zip'), onProgress: (bytes: number) => void seen.push(bytes) }
    expect((await packFiles(mixed)).entries).toBe(1201)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(execFileSync('unzip', ['-tq', join(root, 'mixed.zip')]).toString()).toContain('No errors')
  })

  it('packs files as they are by now, whatever size they had when they were listed', async () => {
    const root = tempFolder()
    mkdirSync(join(root, 'goods'))
    const sizes = [10, 20_000, 300, 70_000, 5000, 0]
    for (const [index, size] of sizes.entries()) writeFileSync(join(root, 'goods', `f${index}`), textOf(size))
    const { files } = await packList(join(root, 'goods'))
    const right = await packFiles({ files, into: join(root, 'right.zip'), manifest: {} })
    const stale = files.map((file, index) => ({ ...file, size: [32_000, 1, 25_000, 3, 4, 9][index] ?? 0 }))
    expect(await packFiles({ files: stale, into: join(root, 'stale.zip'), manifest: {} })).toEqual(right)
    expect(await verifyBundle(join(root, 'stale.zip'))).toMatchObject({ entries: 6, changed: [], missing: [] })
  })

  it('stores what resists packing and packs what only looks like it', async () => {
    const root = tempFolder()
    const noise = randomBytes(2 * MIB)
    const repeated = Buffer.concat(Array.from({ length: 128 }, () => noise.subarray(0, 16_384)))
    const sizeOf = async (content: Buffer): Promise<number> => {
      const source = join(root, 'one.bin')
      writeFileSync(source, content)
      const { bytes } = await packFiles({ files: [{ path: 'one.bin', source }], into: join(root, 'one.zip') })
      expect(execFileSync('unzip', ['-p', join(root, 'one.zip')], { maxBuffer: 8 * MIB }).equals(content)).toBe(true)
      return bytes
    }
    expect(await sizeOf(noise)).toBeLessThan(noise.length * 1.001)
    expect(await sizeOf(Buffer.concat([noise, textOf(4 * MIB)]))).toBeLessThan(noise.length * 1.5)
    expect(await sizeOf(repeated)).toBeLessThan(repeated.length / 20)
  })

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full, for few files and for many', async () => {
    const root = tempFolder()
    const into = join(root, 'x.zip')
    for (const count of [3, 900]) {
      symlinkSync('/dev/full', `${into}.part`)
      const files = Array.from({ length: count }, (_, index) => ({
        path: `f${index}`,
        content: textOf(400_000 / count),
      }))
      await expect(packFiles({ files, into, level: 0 })).rejects.toThrow(/ENOSPC/)
      expect(readdirSync(root)).toEqual([])
    }
  })

  it('ends with its threads when it is cancelled among many files, or one cannot be read', async () => {
    const root = tempFolder()
    const files = Array.from({ length: 1200 }, (_, index) => ({
      path: `f${String(index).padStart(4, '0')}`,
      source: join(root, `f${index}`),
    }))
    for (const { source } of files) writeFileSync(source, textOf(2000))
    const control = new AbortController()
    const onProgress = (_bytes: number, count: number): void => {
      if (count >= 300) control.abort()
    }
    const into = join(root, 'x.zip')
    await expect(packFiles({ files, into, signal: control.signal, onProgress })).rejects.toThrow(/abort/i)
    const gone = [...files, { path: 'gone', source: join(root, 'gone') }]
    await expect(packFiles({ files: gone, into })).rejects.toThrow(/ENOENT/)
  })
})
