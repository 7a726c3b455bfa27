import { DESCRIPTION_CHARS } from '../../model/text.ts'
import type { Dependency } from '../../model/listing.ts'
import { isEntry, Members, mustSlug } from './members.ts'
import { itself, known, makeListing, one, oneRelease } from './shape.ts'
import type { Shape } from './shape.ts'

const KINDS: Record<string, string> = { Plugin: 'plugin', Package: 'module', PluginCollection: 'collection' }

/** Kinds of entities that are no goods; passed over without a word. */
const OTHERS = ['Location', 'Template', 'Component', 'System', 'Domain', 'API', 'Resource', 'Group', 'User']

/** Names out of a list whose entries are texts or objects with a name. */
function namesOf(data: Members, field: string): string[] {
  return data
    .list(field, 500)
    .map((one) => (isEntry(one) ? new Members(one, data.where).must('name', 200) : String(one)))
}

/** Package names become dependencies; a namespace before a slash is dropped. */
function dependenciesOf(spec: Members): Dependency[] {
  return [...namesOf(spec, 'packages'), ...namesOf(spec, 'plugins')].map((name) => ({
    name: mustSlug(name.split('/').at(-1) ?? name, spec.where),
    range: '*',
    kind: 'package',
  }))
}

function needsOf(spec: Members): { label: string; text: string }[] {
  const role = spec.part('backstage')
  const support = isEntry(spec.entry['support']) ? spec.part('support').text('level', 100) : spec.text('support', 100)
  return Object.entries({
    'npm package': spec.text('packageName', 300),
    'Dynamic artifact': spec.text('dynamicArtifact', 1000),
    Role: role.text('role', 100),
    Backstage: role.words('supportedVersions').join(', '),
    Support: support,
    Lifecycle: spec.text('lifecycle', 100),
  }).flatMap(([label, text]) => (text ? [{ label, text }] : []))
}

/** Plugins, packages and collections of a developer hub, as Backstage catalog entities. */
export const hubEntity: Shape = {
  id: 'hub-entity',
  scope: 'document',
  takes(file) {
    const value = /\.ya?ml$/i.test(file.path) ? file.value() : undefined
    return isEntry(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string'
  },
  read(file, context) {
    const data = new Members(file.value(), file.path)
    const word = data.must('kind', 100)
    const kind = Object.hasOwn(KINDS, word) ? KINDS[word] : undefined
    if (kind === undefined)
      return {
        listings: [],
        skipped: OTHERS.includes(word) ? [] : [{ item: file.path, reason: `entity of kind ${word}` }],
      }
    const metadata = data.part('metadata')
    const spec = data.part('spec')
    const name = mustSlug(metadata.must('name', 200), file.path)
    const links = metadata
      .list('links', 50)
      .filter(isEntry)
      .map((link) => new Members(link, file.path))
    const link = (title: string): string | undefined => links.find((one) => one.text('title') === title)?.text('url')
    const authors = [...namesOf(spec, 'authors'), spec.text('author', 200)].filter(Boolean)
    const version = spec.text('version', 60)
    return one(
      makeListing(context, {
        kind,
        name,
        title: metadata.text('title', 300) ?? name,
        description: metadata.text('description', DESCRIPTION_CHARS) ?? '',
        categories: spec.words('categories'),
        tags: metadata.words('tags'),
        releases: [oneRelease(version, [itself(file)], dependenciesOf(spec))],
        needs: needsOf(spec),
        extra: new Members({ ...spec.entry, icon: undefined, description: undefined }, file.path).extra([
          'packages',
          'plugins',
          'version',
          'categories',
          'author',
          'authors',
        ]),
        ...known({
          version,
          readme: spec.lines('description'),
          author: authors.join(', ') || spec.text('publisher', 200),
          homepage: link('Homepage'),
          repository: link('Source Code'),
        }),
      }),
    )
  },
}
