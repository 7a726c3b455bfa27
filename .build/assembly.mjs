// Compiles src/arm/stream/assembly into src/arm/stream/scan-code.ts, which is kept in the repository: the sources then run
// without a build. `--check` writes nothing and fails when the two differ.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMemoryStream, main } from 'assemblyscript/asc'

const room = join(dirname(fileURLToPath(import.meta.url)), '../src/arm/stream')
const target = join(room, 'scan-code.ts')
const FLAGS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'relaxed-simd']
/** Warns of vectors handed between the files of this one module. */
const QUIET = ['--disableWarning', '112']

let bytes
const writeFile = (name, contents) => {
  if (name === 'scan.wasm') bytes = contents
}
const stderr = createMemoryStream((text) => process.stderr.write(text))
const source = join(room, 'assembly/scan.ts')
const { error } = await main([source, '--outFile', 'scan.wasm', ...FLAGS, ...QUIET], { writeFile, stderr })
if (error) throw error
const code = Buffer.from(bytes).toString('base64')
const text = `// Made by "npm run assembly" from the folder of that name: WebAssembly, in base64.\nexport const SCAN_CODE =\n  '${code}'\n`
if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text) {
  console.error('src/arm/stream/scan-code.ts is not what assembly/ compiles to: run "npm run assembly" and commit it.')
  process.exitCode = 1
}
