import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The files of a plugin: its code, and members of its manifest over the usual ones. */
export interface Written {
  code: string
  manifest?: Record<string, unknown>
  /** Further files by path. */
  files?: Record<string, string>
}

/** Writes a plugin as a folder below `plugins`. Its protocol is called as itself. */
export function writePlugin(plugins: string, id: string, { code, manifest = {}, files = {} }: Written): string {
  const whole = {
    id,
    kind: 'plugin',
    version: '1.0.0',
    description: 'A plugin of the tests',
    entry: 'plugin.js',
    needs: '^1',
    protocols: [{ id, title: `Shops of ${id}` }],
    ...manifest,
  }
  const all = { 'souk.yaml': JSON.stringify(whole), 'plugin.js': code, ...files }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(plugins, id, path)), { recursive: true })
    writeFileSync(join(plugins, id, path), text)
  }
  return join(plugins, id)
}

/** The code of a plugin of one protocol, made of the text of the object that `connect` gives. */
export const codeOf = (id: string, source: string, before = ''): string => `
import { definePlugin } from 'souk/plugin'
${before}
export default definePlugin({
  name: '${id}', version: '1.0.0', needs: '^1',
  protocols: [{ id: '${id}', title: 'Shops of ${id}', connect: async (entry, tools) => (${source}) }],
})`
