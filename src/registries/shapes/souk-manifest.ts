import { itemManifest } from '../../model/errors.ts'
import { manifestSchema } from '../../model/manifest.ts'
import { MANIFEST_FILES } from '../../model/manifest-files.ts'
import type { Manifest } from '../../model/manifest.ts'
import { DESCRIPTION_CHARS, harmless, harmlessLines } from '../../model/text.ts'
import { Members } from './members.ts'
import { known, makeListing, one, oneRelease } from './shape.ts'
import type { GoodsFile, Shape, ShapeContext } from './shape.ts'

const KNOWN = [...Object.keys(manifestSchema.shape), 'readme']

const words = (list: readonly string[]): string[] => [...new Set(list.slice(0, 200).map((word) => harmless(word, 200)))]

const plain = (text: string | undefined): string | undefined => (text === undefined ? undefined : harmless(text, 200))

const serviceName = (service: Manifest['azureServices'][number]): string =>
  typeof service === 'string' ? service : (service.name ?? service.service ?? '')

/** What the manifest says a run would ask for. */
function needsOf(manifest: Manifest): { label: string; text: string }[] {
  const names = Object.keys(manifest.parameters?.properties ?? {}).map((name) => harmless(name, 100))
  return [
    ...manifest.requires.map(({ name, range }) => ({
      label: 'Requires',
      text: `${harmless(name, 100)} ${harmless(range, 100)}`,
    })),
    ...manifest.azureServices.flatMap((service) => {
      if (typeof service === 'string') return []
      const { apiVersion, regions = [] } = service
      const text = [serviceName(service), apiVersion, regions.join(', ')].filter(Boolean).join('; ')
      return [{ label: 'Service', text: harmless(text, 300) }]
    }),
    ...(names.length > 0 ? [{ label: 'Parameters', text: names.slice(0, 50).join(', ') }] : []),
  ]
}

function listingOf(manifest: Manifest, file: GoodsFile, context: ShapeContext) {
  const dependencies = manifest.dependencies.map(({ name, version, source, type, optional }) => ({
    name: harmless(name, 200),
    range: harmless(version, 200),
    ...known({ source: plain(source), kind: plain(type), optional }),
  }))
  const root = file.folder
  const readme = file.beside('README.md')
  const updatedAt = new Members(manifest, file.path).date('lastUpdated')
  return makeListing(context, {
    kind: harmless(manifest.kind, 60),
    name: manifest.id,
    title: harmless(manifest.name ?? manifest.id, 300),
    version: manifest.version,
    description: harmless(manifest.description, DESCRIPTION_CHARS),
    categories: words([manifest.category].flat()),
    tags: words(manifest.tags),
    services: words(manifest.azureServices.map(serviceName)),
    languages: words(manifest.languages),
    releases: [
      {
        ...oneRelease(
          manifest.version,
          root === undefined
            ? [{ form: 'text', file: MANIFEST_FILES[0], content: file.text }]
            : [{ form: 'files', root, files: [...file.files] }],
          dependencies,
        ),
        requires: manifest.requires.map(({ name, range }) => ({
          name: harmless(name, 200),
          range: harmless(range, 200),
        })),
        capabilities: words(manifest.capabilities),
        ...known({ publishedAt: updatedAt }),
      },
    ],
    needs: needsOf(manifest),
    extra: new Members(manifest, file.path).extra(KNOWN),
    ...known({
      readme: readme === undefined ? undefined : harmlessLines(readme),
      author: manifest.author === undefined ? undefined : harmless(manifest.author, 200),
      license: manifest.license === undefined ? undefined : harmless(manifest.license, 200),
      homepage: manifest.homepage === undefined ? undefined : harmless(manifest.homepage, 2000),
      updatedAt,
    }),
  })
}

/** Souk's own goods: a folder with `souk.yaml` (or `.yml`, `.json`), a README and template files. */
export const soukManifest: Shape = {
  id: 'souk',
  scope: 'folder',
  names: (path) => (MANIFEST_FILES as readonly string[]).includes(path.split('/').at(-1) ?? ''),
  read(file, context) {
    const checked = manifestSchema.safeParse(file.value())
    if (!checked.success) {
      const issue = checked.error.issues[0]
      const field = issue?.path.map(String).join('.') ?? ''
      throw itemManifest(
        file.path,
        `${field ? `"${harmless(field, 80)}" ` : ''}${harmless(issue?.message ?? 'is wrong', 200)}`,
      )
    }
    return one(listingOf(checked.data, file, context))
  },
}
