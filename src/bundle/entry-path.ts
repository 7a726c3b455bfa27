import { OUTSIDE } from '../model/limits.ts'

/**
 * The rules for a path inside an archive or a folder of goods. A path that breaks one is refused, never repaired:
 * repairing is where two readers of one archive begin to disagree.
 */

/** Longest file name of the usual file systems, bytes. */
const MAX_COMPONENT_BYTES = 255
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
const DRIVE = /^[a-z]:/i
/** Device names of Windows, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/i

function problemOfComponent(part: string): string | undefined {
  if (part === '') return 'has an empty component'
  if (part === '.' || part === '..') return `has the component "${part}"`
  if (part.endsWith('.') || part.endsWith(' ')) return 'has a component that ends with a dot or a space'
  if (part.includes(':')) return 'has a colon'
  if (RESERVED.test(part)) return 'has a reserved device name'
  if (Buffer.byteLength(part) > MAX_COMPONENT_BYTES) return `has a component over ${MAX_COMPONENT_BYTES} bytes`
  return undefined
}

/** What is wrong with a path, as the end of a sentence; undefined when it is good. A folder's path ends with `/`. */
export function entryPathProblem(path: string): string | undefined {
  if (path === '' || path === '/') return 'is empty'
  if (CONTROL.test(path)) return 'has a control character'
  if (path.includes('\\')) return 'has a backslash'
  if (path.startsWith('/')) return 'is absolute'
  if (DRIVE.test(path)) return 'has a drive letter'
  const parts = (path.endsWith('/') ? path.slice(0, -1) : path).split('/')
  if (parts.length > OUTSIDE.archiveDepth) return `is deeper than ${OUTSIDE.archiveDepth} folders`
  for (const part of parts) {
    const problem = problemOfComponent(part)
    if (problem) return problem
  }
  return undefined
}

// oxlint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/

/** The form in which two names are one on some file system: composed (NFC) and without case. */
const folded = (path: string): string =>
  ASCII.test(path) ? path.toLowerCase() : path.normalize('NFC').toLowerCase().normalize('NFC')

/**
 * Checks the paths of one archive one after another: each by itself, and against those before it (the same name
 * twice, names that differ by case or composition alone, a file where a folder has to be).
 */
export function openPathCheck(): (path: string) => string | undefined {
  const seen = new Map<string, { kind: 'file' | 'folder'; exact: string }>()
  let lastFolder = ''
  const problemOfFolders = (folder: string): string | undefined => {
    const parts = folder.split('/')
    for (let depth = 1; depth <= parts.length; depth++) {
      const exact = parts.slice(0, depth).join('/')
      const key = folded(exact)
      const known = seen.get(key)
      if (known?.kind === 'file') return 'lies below a file'
      if (known && known.exact !== exact) return `differs from "${known.exact}" by case or composition alone`
      if (!known) seen.set(key, { kind: 'folder', exact })
    }
    return undefined
  }
  return (path) => {
    const problem = entryPathProblem(path)
    if (problem) return problem
    const isFolder = path.endsWith('/')
    const exact = isFolder ? path.slice(0, -1) : path
    const folder = exact.slice(0, Math.max(0, exact.lastIndexOf('/')))
    // Files of one folder come one after another.
    if (folder !== lastFolder) {
      const above = folder === '' ? undefined : problemOfFolders(folder)
      if (above) return above
      lastFolder = folder
    }
    const key = folded(exact)
    const known = seen.get(key)
    if (known && known.exact !== exact) return `differs from "${known.exact}" by case or composition alone`
    if (known && !(isFolder && known.kind === 'folder')) return 'is there twice'
    seen.set(key, { kind: isFolder ? 'folder' : 'file', exact })
    return undefined
  }
}
