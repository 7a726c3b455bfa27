import { isNode, type Document, type LineCounter } from 'yaml'
import { manifestSchema } from '../model/manifest.ts'
import type { Finding } from '../model/report.ts'
import { harmless } from '../model/text.ts'
import { readYaml } from '../model/yaml-text.ts'
import type { InputFile } from './inputs.ts'

export const MANIFEST_RULE = 'Souk-Manifest'

/** What is wrong with a souk.yaml, each with its place in the file. */
export function inspectManifest({ path, text }: InputFile): Finding[] {
  const finding = (place: { line: number; column: number }, message: string, field?: string): Finding => {
    const where = field ? { path: harmless(field, 500) } : {}
    return {
      rule: MANIFEST_RULE,
      level: 'error',
      severity: 'high',
      file: path,
      line: place.line,
      column: place.column,
      ...where,
      message: harmless(message, 500),
      step: 'structure',
    }
  }
  const read = readYaml(text)
  if (read.fault) return [finding(read.fault, `The manifest ${read.fault.why}.`)]
  const { data } = read
  const checked = manifestSchema.safeParse(data)
  if (checked.success) return []
  return checked.error.issues.map((issue) => {
    const field = issue.path.join('.')
    return finding(placeIn(read, issue.path), `${field || 'The manifest'}: ${issue.message}.`, field)
  })
}

/** Where the nearest part of a path that exists begins, 1-based. */
export function placeIn(
  { document, lines }: { document: Document.Parsed; lines: LineCounter },
  path: readonly PropertyKey[],
): { line: number; column: number } {
  const { line, col } = lines.linePos(offsetOf(document, path))
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** Where the nearest part of a path that exists begins. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length ? document.getIn(path.slice(0, length), true) : document.contents
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}
