import { z } from 'zod'
import { ID_PATTERN, manifestSchema } from '../model/manifest.ts'
import { harmless } from '../model/text.ts'
import { fits, isRange } from '../model/versions.ts'

/** Version of what a plugin and the program agree on. A plugin says with `needs` which of them it works with. */
const PLUGIN_CONTRACT = '1.0.0'

/** As `protocol:` of the settings has them. */
const PROTOCOL_ID = /^[a-z][a-z0-9-]{0,39}$/
const HOST = /^(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::\d{1,5})?$/
const FILE = /^(?:\.\/)?(?:[\w-][\w.-]*\/)*[\w-][\w.-]*\.m?js$/

const needs = z
  .string()
  .refine(isRange, 'must be a range of versions such as ^1')
  .refine((range) => !isRange(range) || fits(PLUGIN_CONTRACT, range), {
    error: `asks for another version of the plugin contract; this program has ${PLUGIN_CONTRACT}`,
  })
const permissions = z.strictObject({
  net: z.array(z.string().regex(HOST, 'must be a host such as cdn.example.com')).max(20).default([]),
})
const protocol = z.looseObject({
  id: z.string().regex(PROTOCOL_ID, 'must be lower-case letters, digits and dashes'),
  title: z.string().min(1).max(100),
})
const protocols = z.array(protocol).min(1, 'has none').max(20)

/** `souk.yaml` of a plugin: all that must be known before any of its code runs. */
export const pluginManifestSchema = manifestSchema.extend({
  kind: z.literal('plugin', 'must be plugin'),
  entry: z.string().regex(FILE, 'must be a .js or .mjs file of the plugin'),
  needs,
  permissions: permissions.default({ net: [] }),
  protocols,
})
export type PluginManifest = z.infer<typeof pluginManifestSchema>

/** What the code exports, as its process tells it: functions are `()`. */
const exported = z.looseObject({
  name: z.string().regex(ID_PATTERN),
  version: z.string(),
  needs,
  permissions: permissions.optional(),
  protocols: z.array(protocol.extend({ connect: z.literal('()', 'must be a function') })).max(20),
})

/** Every issue of a check as a few harmless words, such as `protocols.0.id must be ...`. */
export const issuesOf = (error: z.ZodError, where: string): string[] =>
  error.issues.slice(0, 20).map((issue) => {
    const path = issue.path.map(String).join('.')
    return harmless(`${where}${path === '' ? '' : ` ${path}`}: ${issue.message}`, 200)
  })

const sameWords = (a: readonly string[], b: readonly string[]): boolean =>
  a.toSorted().join('\n') === b.toSorted().join('\n')

/** All that is wrong with what the code of a plugin exports, held against its manifest. */
export function problemsOfExport(plugin: unknown, manifest: PluginManifest): string[] {
  const checked = exported.safeParse(plugin)
  if (!checked.success) return issuesOf(checked.error, 'its code')
  const { name, version, permissions: asked, protocols: made } = checked.data
  const ids = made.map((one) => one.id)
  const wanted = manifest.protocols.map((one) => one.id)
  const problems: string[] = []
  const differ = (what: string, code: string, written: string): void => {
    problems.push(harmless(`${what} is ${code} in its code and ${written} in its manifest`, 200))
  }
  if (name !== manifest.id) differ('its name', name, manifest.id)
  if (version !== manifest.version) differ('its version', version, manifest.version)
  if (!sameWords(ids, wanted)) differ('the list of its protocols', ids.join(', ') || 'empty', wanted.join(', '))
  if (asked && !sameWords(asked.net, manifest.permissions.net))
    problems.push('its permissions differ from its manifest')
  return problems
}
