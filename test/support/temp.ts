import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

const make = (): string => mkdtempSync(join(tmpdir(), 'souk-test-'))
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })

/** A fresh folder that goes when the test ends. */
export function tempFolder(): string {
  const folder = make()
  onTestFinished(() => remove(folder))
  return folder
}

/** A fresh folder for all tests of a file or group, called where they are declared; goes when they ended. */
export function sharedFolder(): string {
  const folder = make()
  afterAll(() => remove(folder))
  return folder
}
