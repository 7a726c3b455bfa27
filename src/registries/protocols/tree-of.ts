import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dirname } from 'node:path/posix'
import { fileProblem, itemManifest } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import { parseText } from '../shapes/parse-text.ts'
import type { GoodsTree } from '../shapes/read-goods.ts'
import type { GoodsFile } from '../shapes/shape.ts'
import type { Walked } from './walk.ts'

/** The text of one file within the size limit of its kind. */
export function readLimited(path: string, shown: string): string {
  const limit = /\.json$/i.test(path) ? OUTSIDE.fileJsonBytes : OUTSIDE.fileTextBytes
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    throw fileProblem(shown, 'cannot be read', error)
  }
  try {
    const { size } = fstatSync(fd)
    if (size > limit) throw itemManifest(shown, `is larger than ${limit / 1024 / 1024} MiB`)
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}

/** A file opened for the shapes: text now, parsed once when first asked for. */
function openFile(walked: Walked, path: string): GoodsFile {
  const below = dirname(path) === '.' ? '' : `${dirname(path)}/`
  const folder = join(walked.root, below)
  let parsed: { value: unknown } | undefined
  const text = readLimited(join(walked.root, path), path)
  return {
    path,
    text,
    value: () => (parsed ??= { value: parseText(text, path) }).value,
    folder: folder.length > 1 ? folder.replace(/\/$/, '') : folder,
    get files() {
      return walked.files.filter((one) => one.path.startsWith(below)).map((one) => one.path.slice(below.length))
    },
    beside(name) {
      const found = walked.files.find((one) => one.path.toLowerCase() === `${below}${name}`.toLowerCase())
      return found === undefined ? undefined : readLimited(join(walked.root, found.path), found.path)
    },
  }
}

/** What was walked, its files opened when a shape asks for them. */
export const treeOf = (walked: Walked): GoodsTree => ({
  paths: walked.files.map((one) => one.path),
  open: (path) => openFile(walked, path),
})
