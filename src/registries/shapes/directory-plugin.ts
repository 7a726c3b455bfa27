import { DESCRIPTION_CHARS } from '../../model/text.ts'
import { basename } from 'node:path/posix'
import { isEntry, Members, mustSlug } from './members.ts'
import { itself, known, makeListing, one, oneRelease } from './shape.ts'
import type { Shape } from './shape.ts'

const KNOWN = 'title author authorUrl category description documentation npmPackageName tags addedDate snapshot'.split(
  ' ',
)

/** Version and repository of the first package a check of the public directory wrote down. */
function snapshotOf(data: Members): { version?: string; publishedAt?: string; repository?: string } {
  const first = data.part('snapshot').list('packages', 1)[0]
  const npm = isEntry(first) ? new Members(first, data.where).part('npm') : undefined
  if (!npm) return {}
  const repository = npm.part('repository').text('url', 500)
  return known({ version: npm.text('latestVersion', 60), publishedAt: npm.date('lastPublishedAt'), repository })
}

/** A plugin of the Backstage directory: one flat YAML file. */
export const directoryPlugin: Shape = {
  id: 'backstage-directory',
  scope: 'document',
  takes(file) {
    const value = /\.ya?ml$/i.test(file.path) ? file.value() : undefined
    return isEntry(value) && 'title' in value && ('npmPackageName' in value || 'addedDate' in value)
  },
  read(file, context) {
    const data = new Members(file.value(), file.path)
    const { version, publishedAt, repository } = snapshotOf(data)
    const title = data.must('title', 300)
    return one(
      makeListing(context, {
        kind: 'plugin',
        name: mustSlug(basename(file.path).replace(/\.ya?ml$/i, '') || title, file.path),
        title,
        description: data.text('description', DESCRIPTION_CHARS) ?? '',
        categories: data.words('category'),
        tags: data.words('tags'),
        releases: [{ ...oneRelease(version, [itself(file)]), ...known({ publishedAt }) }],
        needs: data.words('npmPackageName').map((text) => ({ label: 'npm package', text })),
        extra: data.extra(KNOWN),
        ...known({
          version,
          repository,
          author: data.text('author', 200),
          homepage: data.text('documentation', 2000),
          updatedAt: publishedAt ?? data.date('addedDate'),
        }),
      }),
    )
  },
}
