import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { entryPathProblem } from '../../src/bundle/entry-path.ts'
import { OUTSIDE } from '../../src/model/limits.ts'
import { readLimited } from '../../src/registries/protocols/tree-of.ts'
import { walkGoods } from '../../src/registries/protocols/walk.ts'
import { Members } from '../../src/registries/shapes/members.ts'
import { serve } from '../http/loopback.ts'
import { plainClient } from '../support/plain-client.ts'
import { tempFolder } from '../support/temp.ts'

const entry = (value: unknown): Members => new Members({ value }, 'it')
/** Just below a limit, at it, and just above; and whether all of it is taken. */
const border = (limit: number): [size: number, isWhole: boolean][] => [
  [limit - 1, true],
  [limit, true],
  [limit + 1, false],
]

describe('a member of an entry', () => {
  it.each(border(OUTSIDE.lineChars))('that is a line of %d characters is taken as it is: %s', (size, isWhole) => {
    const read = entry('x'.repeat(size)).text('value') ?? ''
    expect(read).toHaveLength(Math.min(size, OUTSIDE.lineChars))
    expect(read.endsWith('x')).toBe(isWhole)
  })

  it.each(border(OUTSIDE.textChars))('that is a text of %d characters is taken as it is: %s', (size, isWhole) => {
    const read = entry('x\n'.repeat(size).slice(0, size - 1) + 'y').lines('value') ?? ''
    expect(read).toHaveLength(Math.min(size, OUTSIDE.textChars))
    expect(read.endsWith('y')).toBe(isWhole)
  })

  it.each(border(OUTSIDE.words))('that is a list of %d words is taken whole: %s', (size, isWhole) => {
    const read = entry(Array.from({ length: size }, (_, at) => `word-${at}`)).words('value')
    expect(read.at(-1) === `word-${size - 1}`).toBe(isWhole)
    expect(read).toHaveLength(Math.min(size, OUTSIDE.words))
  })

  it.each(border(OUTSIDE.listEntries))('that is a list of %d entries is taken whole: %s', (size, isWhole) => {
    const read = entry(Array.from({ length: size }, (_, at) => at)).list('value')
    expect(read.at(-1) === size - 1).toBe(isWhole)
    expect(read).toHaveLength(Math.min(size, OUTSIDE.listEntries))
  })

  it.each(border(OUTSIDE.extraBytes))(
    'that no shape knows is kept, with all others of %d bytes: %s',
    (size, isWhole) => {
      // Five members of a name of two letters, and two quotes about each text.
      const each = Math.floor(size / 5)
      const members = Array.from({ length: 5 }, (_, at): [string, string] => {
        const bytes = at < 4 ? each : size - 4 * each
        return [`m${at}`, 'x'.repeat(bytes - 4)]
      })
      const kept = new Members(Object.fromEntries(members), 'it').extra([])
      expect(Object.keys(kept)).toHaveLength(isWhole ? 5 : 4)
    },
  )
})

describe('a file', () => {
  it.each([
    ...border(OUTSIDE.fileTextBytes).map((one) => ['goods.yaml', ...one] as const),
    // So large that one that is taken is enough.
    ...border(OUTSIDE.fileJsonBytes)
      .slice(1)
      .map((one) => ['main.json', ...one] as const),
  ])('%s of %d bytes is read: %s', (name, size, isRead) => {
    const path = join(tempFolder(), name)
    writeFileSync(path, '')
    truncateSync(path, size)
    if (isRead) expect(readLimited(path, name).length).toBe(size)
    else expect(() => readLimited(path, name)).toThrow(`${name}: is larger than`)
  })

  it.each(border(OUTSIDE.fileDepth))('below %d folders is looked at: %s', async (depth, isSeen) => {
    const root = tempFolder()
    const below = Array.from({ length: depth }, (_, at) => `d${at}`).join('/')
    mkdirSync(join(root, below), { recursive: true })
    writeFileSync(join(root, below, 'x.json'), '{}')
    const { files, skipped } = await walkGoods(root, 'r', { monotonic: () => 0 })
    expect(files).toHaveLength(isSeen ? 1 : 0)
    expect(skipped).toHaveLength(isSeen ? 0 : 1)
  })

  it.each(border(OUTSIDE.archiveDepth))('of an archive with a path of %d parts is taken: %s', (parts, isTaken) => {
    const problem = entryPathProblem(Array.from({ length: parts }, () => 'd').join('/'))
    expect(problem).toEqual(isTaken ? undefined : `is deeper than ${OUTSIDE.archiveDepth} folders`)
  })
})

describe('an answer', () => {
  it.each(border(OUTSIDE.jsonBytes).slice(1))('of %d bytes is read: %s', async (size, isRead) => {
    const { url } = await serve((_, response) => void response.end(Buffer.alloc(size, ' ')))
    const http = plainClient(url)
    onTestFinished(() => http.close())
    const asked = http.request({ url: '/x', kind: 'catalog' }).then((answer) => answer.text.length)
    if (isRead) expect(await asked).toBe(size)
    else await expect(asked).rejects.toThrow(`larger than ${OUTSIDE.jsonBytes} bytes`)
  })
})
