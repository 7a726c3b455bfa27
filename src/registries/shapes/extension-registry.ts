import { DESCRIPTION_CHARS } from '../../model/text.ts'
import { reasonOf } from '../../model/errors.ts'
import type { Artifact, Listing, Release } from '../../model/listing.ts'
import { compareVersions, newest } from '../../model/versions.ts'
import { digestOf, isEntry, Members, mustSlug } from './members.ts'
import { known, makeListing } from './shape.ts'
import type { Reading, Shape, ShapeContext } from './shape.ts'

const KNOWN = 'id namespace displayName description versions tags website'.split(' ')

function artifactOf(value: unknown, platform: string, where: string, context: ShapeContext): Artifact {
  const data = new Members(value, where)
  const checksum = data.part('checksum')
  const digest = digestOf(checksum.text('value', 200), checksum.text('algorithm', 20) ?? 'sha256')
  const url = data.must('url', 4000)
  return {
    form: 'archive',
    // Beside a document of this machine an address stays a path; the protocol sees to it that it stays beside it.
    url: URL.canParse(url, context.address) ? new URL(url, context.address).href : url,
    digests: digest ? [digest] : [],
    platform,
    ...known({ entryPoint: data.text('entryPoint', 300), size: data.count('size') }),
  }
}

function releaseOf(value: unknown, where: string, context: ShapeContext): Release {
  const data = new Members(value, where)
  const needed = data.text('requiredAzdVersion', 200)
  const usage = data.text('usage', 1000)
  return {
    version: data.must('version', 100),
    dependencies: data.list('dependencies', 500).map((one) => {
      const dependency = new Members(one, where)
      return { name: mustSlug(dependency.must('id', 200), where), range: dependency.text('version', 200) ?? '*' }
    }),
    artifacts: Object.entries(data.part('artifacts').entry)
      .slice(0, 50)
      .map(([platform, one]) => artifactOf(one, platform.replace(/[^\w./-]/g, ''), where, context)),
    requires: needed ? [{ name: 'azd', range: needed }] : [],
    capabilities: data.words('capabilities'),
    ...known({ notes: usage, publishedAt: data.date('publishedAt') }),
  }
}

function entryOf(
  value: unknown,
  where: string,
  context: ShapeContext,
): { listing: Listing; skipped: Reading['skipped'] } {
  const data = new Members(value, where)
  const id = data.must('id', 200)
  const skipped: Reading['skipped'] = []
  const releases = data.list('versions').flatMap((one, index) => {
    try {
      return [releaseOf(one, `${id} version ${index + 1}`, context)]
    } catch (error) {
      skipped.push({ item: `${id} version ${index + 1}`, reason: reasonOf(error) })
      return []
    }
  })
  const sorted = releases.toSorted((a, b) => compareVersions(a.version, b.version))
  const version = newest(sorted.map((one) => one.version))
  const leading = sorted.find((one) => one.version === version)
  const listing = makeListing(context, {
    kind: 'extension',
    name: mustSlug(id, where),
    title: data.text('displayName', 300) ?? id,
    description: data.text('description', DESCRIPTION_CHARS) ?? '',
    categories: leading?.capabilities ?? [],
    tags: data.words('tags'),
    releases: sorted,
    needs: (leading?.requires ?? []).map(({ name, range }) => ({ label: 'Requires', text: `${name} ${range}` })),
    extra: data.extra(KNOWN),
    ...known({ version, homepage: data.text('website', 2000), updatedAt: leading?.publishedAt }),
  })
  return { listing, skipped }
}

/** The extension registry of the Azure Developer CLI: every version of every extension in one object. */
export const extensionRegistry: Shape = {
  id: 'azd-extensions',
  scope: 'document',
  takes(file) {
    const value = /\.json$/i.test(file.path) ? file.value() : undefined
    return isEntry(value) && Array.isArray(value['extensions'])
  },
  read(file, context) {
    const reading: Reading = { listings: [], skipped: [] }
    for (const [index, value] of new Members(file.value(), file.path).list('extensions').entries()) {
      const where = `${file.path} entry ${index + 1}`
      try {
        const { listing, skipped } = entryOf(value, where, context)
        reading.listings.push(listing)
        reading.skipped.push(...skipped)
      } catch (error) {
        reading.skipped.push({ item: where, reason: reasonOf(error) })
      }
    }
    return reading
  },
}
