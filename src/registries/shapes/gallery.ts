import { DESCRIPTION_CHARS } from '../../model/text.ts'
import { reasonOf } from '../../model/errors.ts'
import type { Artifact, Listing } from '../../model/listing.ts'
import { isEntry, Members, mustSlug } from './members.ts'
import { known, makeListing, oneRelease } from './shape.ts'
import type { Reading, Shape, ShapeContext } from './shape.ts'

const KNOWN = 'title description author authorUrl source tags languages frameworks azureServices IaC'.split(' ')
const SOURCE = /^(https?:\/\/[^/\s]+\/[^/\s]+\/[^/\s]+?)(?:\.git)?(?:\/(?:tree|blob)\/([^/\s]+)(?:\/(\S+))?)?\/?$/

/** A repository address, with branch and path when it points into one. */
function artifactOf(source: string | undefined): Artifact[] {
  const match = SOURCE.exec(source ?? '')
  if (!match?.[1]) return []
  return [{ form: 'git', url: match[1], ...known({ ref: match[2], path: match[3]?.replace(/\/$/, '') }) }]
}

function entryOf(value: unknown, where: string, context: ShapeContext): Listing {
  const data = new Members(value, where)
  const title = data.must('title', 300)
  const source = data.text('source', 2000)
  const type = data.text('templateType', 100)
  return makeListing(context, {
    kind: 'template',
    name: mustSlug(title, where),
    title,
    description: data.must('description', DESCRIPTION_CHARS),
    categories: type ? [type] : [],
    tags: [...data.words('tags'), ...data.words('IaC'), ...data.words('extensionTags')],
    services: data.words('azureServices'),
    languages: [...data.words('languages'), ...data.words('frameworks')],
    releases: [oneRelease(undefined, artifactOf(source))],
    extra: data.extra(KNOWN),
    ...known({
      author: data.words('author').join(', ') || undefined,
      homepage: data.text('authorUrl'),
      repository: source,
    }),
  })
}

/** The gallery of the Azure Developer CLI: one array of entries without versions. */
export const gallery: Shape = {
  id: 'azd-gallery',
  scope: 'document',
  takes(file) {
    const value = /\.json$/i.test(file.path) ? file.value() : undefined
    return Array.isArray(value) && value.some((one) => isEntry(one) && 'title' in one)
  },
  read(file, context) {
    const reading: Reading = { listings: [], skipped: [] }
    const entries = file.value()
    for (const [index, value] of (Array.isArray(entries) ? entries : []).slice(0, 100_000).entries()) {
      const where = `${file.path} entry ${index + 1}`
      try {
        reading.listings.push(entryOf(value, where, context))
      } catch (error) {
        reading.skipped.push({ item: where, reason: reasonOf(error) })
      }
    }
    return reading
  },
}
