import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepSecret } from '../../src/model/secrets.ts'
import { followTrail, readTrail, snapshot, verifyTrail } from '../../src/audit/read-trail.ts'
import { Trail } from '../../src/audit/trail.ts'
import { tempFolder } from '../support/temp.ts'

const AT = Date.parse('2026-11-21T10:00:00Z')
const FIRST = '000000000001.ndjson'

/** A trail of some installs. `maxFileBytes` of 1 gives every line a file of its own. */
function write(folder: string, count: number, maxFileBytes?: number): void {
  const trail = new Trail({ folder, user: 'ada', ...(maxFileBytes === undefined ? {} : { maxFileBytes }) })
  for (let index = 1; index <= count; index++)
    trail.append({
      fact: { action: 'install', item: `team/app-${index}`, version: '1.0.0', registry: 'team', outcome: 'ok' },
      at: AT + index * 1000,
      cause: 'souk install',
    })
  trail.close()
}

const linesIn = (folder: string, file = FIRST): string[] =>
  readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')
const put = (folder: string, lines: string[]): void => writeFileSync(join(folder, FIRST), `${lines.join('\n')}\n`)

describe('an audit trail', () => {
  it('keeps who did what when, readable by its owner alone, and says that it is whole', () => {
    const folder = join(tempFolder(), 'audit')
    write(folder, 3)
    const { entries, unreadable } = readTrail(folder, { item: 'app-2' })
    expect(entries).toMatchObject([
      {
        seq: 2,
        time: '2026-11-21T10:00:02.000Z',
        user: 'ada',
        action: 'install',
        item: 'team/app-2',
        version: '1.0.0',
        outcome: 'ok',
        cause: 'souk install',
      },
    ])
    expect(unreadable).toBe(0)
    expect(readTrail(folder, { since: '2026-11-21T10:00:02Z', limit: 1 }).entries.map((one) => one.seq)).toEqual([3])
    expect(verifyTrail(folder)).toEqual({ entries: 3, files: 1, notes: [] })
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
  })

  it('holds no secret, no control character and no line break of what came from outside', () => {
    const folder = tempFolder()
    const secret = keepSecret('hunter2-hunter2')
    const trail = new Trail({ folder, user: 'ada' })
    const reason = `refused ${secret}\n{"seq":9,"action":"forged"}\u001b[2J Authorization: Bearer abcdef ${'x'.repeat(5000)}`
    trail.append({ fact: { action: 'publish', outcome: 'refused', policy: 'access', reason }, at: AT, cause: 'test' })
    trail.close()
    const text = readFileSync(join(folder, FIRST), 'utf8')
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain('abcdef')
    expect(text.split('\n')).toHaveLength(2)
    // oxlint-disable-next-line no-control-regex
    expect(text.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f]|\\u00/)
    expect(text.length).toBeLessThan(1500)
    expect(verifyTrail(folder).fault).toBeUndefined()
  })

  it('notices every single bit that is turned, and in which line', () => {
    const folder = tempFolder()
    write(folder, 2)
    const file = join(folder, FIRST)
    const whole = readFileSync(file)
    const starts = [0]
    for (let at = whole.indexOf(10); at >= 0; at = whole.indexOf(10, at + 1)) starts.push(at + 1)
    const missed: string[] = []
    // Sizes stay as they are, so that the head need not be read some thousand times.
    const taken = snapshot(folder)
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = Buffer.from(whole)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      writeFileSync(file, bytes)
      const { fault } = followTrail(folder, taken)
      const line = starts.filter((start) => start <= bit >> 3).length
      if (fault?.line !== line) missed.push(`bit ${bit} in line ${line}: ${JSON.stringify(fault)}`)
    }
    expect(missed).toEqual([])
    writeFileSync(file, whole)
    expect(verifyTrail(folder).fault).toBeUndefined()
  })

  it('notices any bit in a long trail of several files', () => {
    const folder = tempFolder()
    write(folder, 60, 4000)
    const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson'))
    expect(files.length).toBeGreaterThan(3)
    fc.assert(
      fc.property(fc.nat(files.length - 1), fc.nat(), fc.nat(7), (which, where, bit) => {
        const file = join(folder, files[which] ?? '')
        const whole = readFileSync(file)
        const bytes = Buffer.from(whole)
        const at = where % bytes.length
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
        writeFileSync(file, bytes)
        const { fault } = verifyTrail(folder)
        writeFileSync(file, whole)
        return fault?.kind === 'edited' && fault.file === file
      }),
      { numRuns: 60 },
    )
    expect(verifyTrail(folder)).toMatchObject({ entries: 60, notes: [] })
  })

  it('tells removed, moved, added and rewritten lines apart, and a trail that was cut', () => {
    const folder = tempFolder()
    write(folder, 5)
    const [one = '', two = '', three = '', four = '', five = ''] = linesIn(folder)
    const kinds = (lines: string[]): unknown => {
      put(folder, lines)
      const { fault } = verifyTrail(folder)
      return fault && [fault.kind, fault.line, fault.seq]
    }
    expect(kinds([one, two, four, five])).toEqual(['removed', 3, 3])
    expect(kinds([two, three, four, five])).toEqual(['removed', 1, 1])
    expect(kinds([one, three, two, four, five])).toEqual(['removed', 2, 2])
    expect(kinds([one, two, two, four, five])).toEqual(['reordered', 3, 3])
    expect(kinds([one, two.replace('app-2', 'app-9'), three, four, five])).toEqual(['edited', 2, 2])
    expect(kinds([one, two, three, four, five, five])).toEqual(['added', 6, 6])
    expect(kinds([one, two, three])).toEqual(['cut', 0, 4])
    expect(kinds([])).toMatchObject(['edited', 1, 1])
    expect(kinds([one, two, three, four, five])).toBeUndefined()
    // Written anew with hashes of its own from line 4 on: the head does not know them.
    const other = tempFolder()
    write(other, 3)
    const trail = new Trail({ folder: other, user: 'eve' })
    for (const item of ['a', 'b'])
      trail.append({ fact: { action: 'install', item, outcome: 'ok' }, at: AT, cause: 'x' })
    trail.close()
    put(folder, [...linesIn(other)])
    expect(verifyTrail(folder).fault).toBeDefined()
    rmSync(join(folder, 'head.sqlite'))
    expect(verifyTrail(folder).fault?.kind).toBe('head')
  })

  it('says so when a whole file or everything but the head is gone', () => {
    const folder = tempFolder()
    write(folder, 6, 600)
    const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson'))
    expect(verifyTrail(folder)).toMatchObject({ entries: 6, files: files.length })
    const second = join(folder, files[1] ?? '')
    copyFileSync(second, `${second}.kept`)
    rmSync(second)
    expect(verifyTrail(folder).fault?.kind).toBe('removed')
    for (const name of files) rmSync(join(folder, name), { force: true })
    expect(verifyTrail(folder).fault).toMatchObject({ kind: 'cut', seq: 1 })
    // What comes after is kept all the same, with a word on what was found.
    write(folder, 1)
    expect(readTrail(folder, {}).entries.map((one) => one.action)).toEqual(['audit.repair', 'install'])
    expect(verifyTrail(folder).fault?.kind).toBe('removed')
  })
})

describe('a trail after a killed process', () => {
  it('recognises a torn line, keeps it aside and says so', () => {
    const folder = tempFolder()
    write(folder, 2)
    const torn = (linesIn(folder)[1] ?? '').slice(0, 70)
    appendFileSync(join(folder, FIRST), torn)
    expect(verifyTrail(folder)).toMatchObject({ entries: 2, notes: [expect.stringMatching(/torn line/)] })
    expect(verifyTrail(folder).fault).toBeUndefined()
    write(folder, 1)
    expect(verifyTrail(folder)).toEqual({ entries: 4, files: 1, notes: [] })
    expect(readTrail(folder, { action: 'audit' }).entries).toMatchObject([
      { outcome: 'noted', reason: expect.stringMatching(/^70 bytes after the last whole line were kept aside/) },
    ])
    const kept = readdirSync(folder).find((name) => name.startsWith('torn-')) ?? ''
    expect(readFileSync(join(folder, kept), 'utf8')).toBe(torn)
  })

  it('takes in a whole line that the head did not come to know', () => {
    const folder = tempFolder()
    write(folder, 1)
    const head = readFileSync(join(folder, 'head.sqlite'))
    write(folder, 1)
    writeFileSync(join(folder, 'head.sqlite'), head)
    expect(verifyTrail(folder).fault).toBeUndefined()
    expect(verifyTrail(folder).notes).toHaveLength(1)
    write(folder, 1)
    expect(verifyTrail(folder)).toEqual({ entries: 3, files: 1, notes: [] })
  })

  it('goes on after its head was lost or damaged, and says so', () => {
    for (const damage of ['lost', 'damaged']) {
      const folder = join(tempFolder(), damage)
      mkdirSync(folder)
      write(folder, 2)
      if (damage === 'lost') rmSync(join(folder, 'head.sqlite'))
      else writeFileSync(join(folder, 'head.sqlite'), 'no database at all, and longer than nothing'.repeat(40))
      expect(verifyTrail(folder).fault?.kind).toBe('head')
      write(folder, 1)
      const reasons = readTrail(folder, { action: 'audit' })
        .entries.map((one) => one.reason)
        .join(' ')
      expect(reasons).toMatch(/head was missing and was made anew/)
      expect(verifyTrail(folder).fault).toBeUndefined()
    }
  })
})
