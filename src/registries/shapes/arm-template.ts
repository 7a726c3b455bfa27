import { basename, dirname } from 'node:path/posix'
import { itemManifest } from '../../model/errors.ts'
import { DESCRIPTION_CHARS, harmlessLines } from '../../model/text.ts'
import { isEntry, Members, mustSlug, slugOf } from './members.ts'
import { parseJson } from './parse-text.ts'
import { known, makeListing, one, oneRelease } from './shape.ts'
import type { GoodsFile, Shape } from './shape.ts'

const ARM_SCHEMA = /"\$schema"\s*:\s*"https?:\/\/schema\.management\.azure\.com\/[^"]*deploymentTemplate\.json/i

/** Counts of a template's parts, without keeping the template. */
function summaryOf(template: Members): { label: string; text: string }[] {
  const parameters = isEntry(template.entry['parameters']) ? Object.entries(template.entry['parameters']) : []
  const required = parameters
    .filter(([, value]) => isEntry(value) && !('defaultValue' in value) && value['nullable'] !== true)
    .map(([name]) => slugOf(name) && name.replace(/[^\w.-]/g, ''))
  const listed = template.entry['resources']
  const resources = Object.values(Array.isArray(listed) || isEntry(listed) ? listed : []).filter(isEntry)
  const types = [...new Set(resources.map((one) => new Members(one, '').text('type', 200)).filter(Boolean))]
  const line = (label: string, count: number, detail: string) => ({
    label,
    text: `${count}${detail ? ` (${detail})` : ''}`,
  })
  return [
    line('Parameters', parameters.length, required.length ? `required: ${required.slice(0, 20).join(', ')}` : ''),
    line('Resources', resources.length, types.slice(0, 20).join(', ')),
  ]
}

/** Azure services named by the types of the root resources, e.g. `Microsoft.KeyVault` is `keyvault`. */
function servicesOf(template: Members): string[] {
  const listed = template.entry['resources']
  const types = Object.values(Array.isArray(listed) || isEntry(listed) ? listed : [])
    .filter(isEntry)
    .map((one) => /^Microsoft\.([A-Za-z]+)\//.exec(typeof one['type'] === 'string' ? one['type'] : '')?.[1])
    .filter((one) => one !== undefined && one !== 'Resources')
  return [...new Set(types.map((one) => String(one).toLowerCase()))]
}

const folderOf = (file: GoodsFile): string => {
  const name = basename(dirname(file.path))
  return name === '.' || name === '' ? basename(file.folder ?? 'template') : name
}

const filesOf = (file: GoodsFile) =>
  file.folder === undefined
    ? { form: 'text' as const, file: basename(file.path), content: file.text }
    : { form: 'files' as const, root: file.folder, files: [...file.files] }

/** An Azure quickstart: a folder with `metadata.json` and `azuredeploy.json`. */
export const armQuickstart: Shape = {
  id: 'arm-quickstart',
  scope: 'folder',
  names: (path, has) => basename(path) === 'metadata.json' && (has('azuredeploy.json') || has('mainTemplate.json')),
  read(file, context) {
    const data = new Members(file.value(), file.path)
    const template = file.beside('azuredeploy.json') ?? file.beside('mainTemplate.json')
    if (template === undefined) throw itemManifest(file.path, 'has no readable azuredeploy.json beside it')
    const parsed = new Members(parseJson(template, `${dirname(file.path)}/azuredeploy.json`), file.path)
    const name = mustSlug(folderOf(file), file.path)
    const readme = file.beside('README.md')
    return one(
      makeListing(context, {
        kind: 'template',
        name,
        title: data.text('itemDisplayName', 300) ?? name,
        description: data.text('description', DESCRIPTION_CHARS) ?? data.text('summary', DESCRIPTION_CHARS) ?? '',
        categories: data.words('type'),
        tags: data.words('environments'),
        services: servicesOf(parsed),
        releases: [oneRelease(undefined, [filesOf(file)])],
        needs: summaryOf(parsed),
        extra: data.extra([
          '$schema',
          'itemDisplayName',
          'description',
          'type',
          'environments',
          'githubUsername',
          'dateUpdated',
        ]),
        ...known({
          author: data.text('githubUsername', 200),
          updatedAt: data.date('dateUpdated'),
          readme: readme === undefined ? undefined : harmlessLines(readme),
        }),
      }),
    )
  },
}

/** A compiled ARM module: a folder with `main.json`, and `version.json` with major.minor when it was published. */
export const armModule: Shape = {
  id: 'arm-module',
  scope: 'folder',
  names: (path) => basename(path) === 'main.json',
  takes: (file) => ARM_SCHEMA.test(file.text.slice(0, 2000)),
  read(file, context) {
    const template = new Members(file.value(), file.path)
    const metadata = template.part('metadata')
    const versionText = file.beside('version.json')
    const version =
      versionText === undefined
        ? undefined
        : new Members(parseJson(versionText, 'version.json'), file.path).text('version', 60)
    const name = mustSlug(folderOf(file), file.path)
    const readme = file.beside('README.md')
    return one(
      makeListing(context, {
        kind: 'module',
        name,
        title: metadata.text('name', 300) ?? name,
        description: metadata.text('description', DESCRIPTION_CHARS) ?? '',
        services: servicesOf(template),
        languages: ['arm'],
        releases: [oneRelease(version, [filesOf(file)])],
        needs: summaryOf(template),
        extra: metadata.extra(['name', 'description', 'owner']),
        ...known({
          version,
          author: metadata.text('owner', 200),
          readme: readme === undefined ? undefined : harmlessLines(readme),
        }),
      }),
    )
  },
}
