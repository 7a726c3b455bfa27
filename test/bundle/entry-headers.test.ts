import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipArchive } from 'archiver'
import { expect, test } from 'vitest'
import { packFiles } from '../../src/bundle/pack.ts'
import { tempFolder } from '../support/temp.ts'

test('headers are byte for byte those that archiver writes', async () => {
  const folder = tempFolder()
  const paths = ['a.json', 'deep/er/größe 日本.txt', 'empty', 'z'.repeat(200)]
  const files = paths.map((path) => ({ path, content: path === 'empty' ? '' : `content of ${path}`.repeat(30) }))
  const ours = join(folder, 'ours.zip')
  await packFiles({ files, into: ours, level: 0 })
  const theirs = new ZipArchive({ store: true })
  const written = pipeline(theirs, createWriteStream(join(folder, 'theirs.zip')))
  for (const { path, content } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    theirs.append(content, { name: path, date: new Date('1980-01-01T00:00:00Z'), mode: 0o644, store: true })
  await theirs.finalize()
  await written
  expect(readFileSync(ours).equals(readFileSync(join(folder, 'theirs.zip')))).toBe(true)
})
