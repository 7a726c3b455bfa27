// Writes src/validation/data/api-versions.ts: resource types and their API versions as a compact, dated table.
// node .build/api-versions.mjs TABLE.json 2026-02-13   (TABLE: {"Type/name": [{"apiVersions": ["2024-01-01"]}]})
import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

const [file, date] = process.argv.slice(2)
const table = JSON.parse(readFileSync(file, 'utf8'))
const lists = new Map()
for (const type of Object.keys(table).toSorted()) {
  const versions = [...new Set(table[type].flatMap((entry) => entry.apiVersions).map((one) => one.toLowerCase()))]
  const list = versions.toSorted((a, b) => (a < b ? 1 : -1)).join(' ')
  lists.set(list, [...(lists.get(list) ?? []), type])
}
const text = Array.from(lists, ([list, types]) => `${list}|${types.join(' ')}`).join('\n')
const packed = brotliCompressSync(text, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
})
const lines = packed.toString('base64').match(/.{1,400}/g)
writeFileSync(
  new URL('../src/validation/data/api-versions.ts', import.meta.url),
  `/** The day up to which the table knows API versions. Written by .build/api-versions.mjs. */
export const TABLE_DATE = '${date}'

/** Lines of \`versions|types\`, packed with brotli, in base64. */
export const TABLE_PACKED = \`
${lines.join('\n')}
\`
`,
)
console.log(`${packed.length} bytes packed`)
