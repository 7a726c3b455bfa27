import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'

test('the compiled scanner is what its sources compile to', { timeout: 180_000 }, async () => {
  const script = fileURLToPath(new URL('../../../.build/assembly.mjs', import.meta.url))
  const { exitCode, stderr } = await execa(process.execPath, [script, '--check'], { reject: false })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
})
