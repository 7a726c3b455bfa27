import { DESCRIPTION_CHARS, harmless } from '../../model/text.ts'
import type { Dependency } from '../../model/listing.ts'
import { isEntry, Members, mustSlug } from './members.ts'
import { itself, known, makeListing, one, oneRelease } from './shape.ts'
import type { Shape } from './shape.ts'

const KNOWN =
  'name slug description long_description base inherits version maintainer last_updated tags category domain packages services users post_install user_data build_steps prerequisites estimated_launch_time instance_defaults validation marketplace'.split(
    ' ',
  )

type Need = { label: string; text: string }

const need = (label: string, text: string): Need[] => (text ? [{ label, text }] : [])

/** Names out of a list of objects, with the port where there is one. */
function named(list: readonly unknown[], where: string): string {
  return list
    .map((one) => {
      if (!isEntry(one)) return typeof one === 'string' ? harmless(one, 100) : ''
      const members = new Members(one, where)
      const port = members.text('port', 20)
      return `${members.text('name', 100) ?? ''}${port ? ` (${port})` : ''}`
    })
    .filter(Boolean)
    .join(', ')
}

function needsOf(data: Members): Need[] {
  const packages = data.part('packages')
  const defaults = data.part('instance_defaults')
  const cost = defaults.entry['estimated_cost_per_hour']
  const minutes = data.count('estimated_launch_time')
  return [
    ...need('Base', data.text('base', 200) ?? ''),
    ...Object.keys(packages.entry)
      .slice(0, 20)
      .flatMap((kind) => need(`Packages (${kind.replace(/[^\w-]/g, '')})`, packages.words(kind).join(', '))),
    ...need('Services', named(data.list('services', 100), data.where)),
    ...need('Ports', defaults.words('ports').join(', ')),
    ...need('Users', named(data.list('users', 100), data.where)),
    ...need(
      'Cost',
      isEntry(cost)
        ? new Members({ cost }, data.where)
            .words('cost')
            .map((one) => `${one} USD an hour`)
            .join(', ')
        : '',
    ),
    ...need('Launch', minutes === undefined ? '' : `about ${minutes} minutes`),
    ...need('Before', data.words('prerequisites').join('; ')),
  ]
}

/** Scripts that a job of this environment would run on the machine; never run at install. */
function scriptsOf(data: Members): Need[] {
  const steps = data.list('build_steps', 200).map((step, index) => {
    const members = new Members(step, data.where)
    return { label: members.text('name', 200) ?? `Step ${index + 1}`, text: members.lines('script') ?? '' }
  })
  const image = data.part('ami_config').lines('user_data_script')
  return [
    ...steps.filter((step) => step.text),
    ...need('post_install', data.lines('post_install') ?? ''),
    ...need('user_data', data.lines('user_data') ?? ''),
    ...need('user_data_script', image ?? ''),
  ]
}

/** Community figures in an author's own file are shown as what they are: claimed by the file. */
function claimsOf(data: Members) {
  const market = data.part('marketplace')
  const dependencies = market.list('dependencies', 200).map((one): Dependency => {
    const members = new Members(one, data.where)
    return {
      name: members.must('name', 200),
      range: members.text('version', 200) ?? '*',
      ...known({ source: members.text('source', 200), kind: members.text('type', 60) }),
    }
  })
  return { license: market.text('license', 200), dependencies, words: market.words('keywords') }
}

/** A research-computing environment in YAML, of both generations (packages and services, or build steps). */
export const researchEnvironment: Shape = {
  id: 'research-environment',
  scope: 'document',
  takes(file) {
    if (!/\.ya?ml$/i.test(file.path)) return false
    const value = file.value()
    return (
      isEntry(value) &&
      value['apiVersion'] === undefined &&
      ['name', 'base', 'build_steps', 'package_manager'].some((key) => key in value)
    )
  },
  read(file, context) {
    const data = new Members(file.value(), file.path)
    const title = data.must('name', 300)
    const description = data.must('description', DESCRIPTION_CHARS)
    const version = data.text('version', 60)
    const claims = claimsOf(data)
    const inherited = data
      .words('inherits')
      .map((parent): Dependency => ({ name: mustSlug(parent, file.path), range: '*', kind: 'inherits' }))
    return one(
      makeListing(context, {
        kind: 'environment',
        name: mustSlug(data.text('slug', 200) ?? title, file.path),
        title,
        description,
        categories: [...new Set([...data.words('category'), ...data.words('domain')])],
        tags: [...data.words('tags'), ...claims.words],
        releases: [oneRelease(version, [itself(file)], [...inherited, ...claims.dependencies])],
        needs: needsOf(data),
        scripts: scriptsOf(data),
        extra: data.extra(KNOWN),
        ...known({
          version,
          readme: data.lines('long_description'),
          author: data.text('maintainer', 200),
          license: claims.license,
          updatedAt: data.date('last_updated'),
        }),
      }),
    )
  },
}
