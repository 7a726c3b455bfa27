import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The part of a base64 text that a secret makes wherever it stands in a longer one: three places, edges left out. */
const base64Cores = (secret: string): string[] =>
  ['', 'x', 'xx'].map((before) => {
    const whole = Buffer.from(before + secret)
      .toString('base64')
      .replace(/=+$/, '')
    return whole.slice(before.length === 0 ? 0 : before.length + 1, -2)
  })

/** Every form in which a secret could stand on a disk or a screen. */
export function formsOf(secret: string): string[] {
  const inAddress = encodeURIComponent(secret)
  const base64 = base64Cores(secret)
  return [
    ...new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      inAddress,
      inAddress.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase()),
      ...base64,
      ...base64.map((one) => one.replaceAll('+', '-').replaceAll('/', '_')),
      Buffer.from(secret).toString('hex'),
    ]),
  ]
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))

/** Where a secret stands in any form: in files below the folders, or in what was said. One line a place. */
export function leaksOf(
  secrets: Readonly<Record<string, string>>,
  folders: readonly string[],
  said: readonly string[],
): string[] {
  const files = folders.flatMap(filesBelow).map((file) => ({ where: file, bytes: readFileSync(file) }))
  const texts = said.map((text, index) => ({ where: `output ${index}`, bytes: Buffer.from(text) }))
  return Object.entries(secrets).flatMap(([name, secret]) =>
    formsOf(secret).flatMap((form) =>
      [...files, ...texts]
        .filter(({ bytes }) => bytes.includes(form))
        .map(({ where }) => `${name} as ${form} in ${where}`),
    ),
  )
}
