import { isNode, LineCounter, parseDocument } from 'yaml'
import { manifestSchema } from '../model/manifest.ts'
import type { Finding } from '../model/report.ts'
import { harmless } from '../model/text.ts'
import type { InputFile } from './inputs.ts'

export const MANIFEST_RULE = 'Souk-Manifest'

/** What is wrong with a souk.yaml, each with its place in the file. */
export function inspectManifest({ path, text }: InputFile): Finding[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const finding = (offset: number, message: string, field?: string): Finding => {
    const { line, col } = lines.linePos(offset)
    const place = { file: path, line: Math.max(1, line), column: Math.max(1, col) }
    const where = field ? { path: harmless(field, 500) } : {}
    return {
      rule: MANIFEST_RULE,
      level: 'error',
      severity: 'high',
      ...place,
      ...where,
      message: harmless(message, 500),
    }
  }
  if (document.errors.length) {
    return document.errors.map((error) => finding(error.pos[0], `This is not YAML: ${error.message}.`))
  }
  const checked = manifestSchema.safeParse(document.toJS({ maxAliasCount: 100 }))
  if (checked.success) return []
  return checked.error.issues.map((issue) => {
    const field = issue.path.join('.')
    return finding(offsetOf(document, issue.path), `${field || 'The manifest'}: ${issue.message}.`, field)
  })
}

/** Where the nearest part of a path that exists begins. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length ? document.getIn(path.slice(0, length), true) : document.contents
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}
