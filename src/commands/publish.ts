import { bytesText } from '../model/bytes-text.ts'
import { resolve } from 'node:path'
import { EXIT, usage } from '../model/errors.ts'
import type { Publication } from '../model/publication.ts'
import type { Command, CommandContext } from './command.ts'
import { followToEnd } from './follow.ts'
import { answer, say, warn, withProgress } from './output.ts'
import { isSet, textOf } from './values.ts'
import { plainText } from './words.ts'

function printPrepared(context: CommandContext, prepared: Publication): void {
  const { id, version, registry, bytes, sha256, report, left } = prepared
  say(context, `${id} ${version} would be published to ${registry}; nothing was sent.`)
  say(context, `  ${bytesText(bytes)}, sha256 ${sha256}`)
  if (report) say(context, `  rules: ${report.status}, score ${report.score}`)
  for (const one of left) warn(context, `left out ${one.path}: ${one.why}`)
}

export const publish: Command = {
  name: 'publish',
  summary: 'publish a version of an item to a registry',
  description:
    'Reads the manifest, checks the rules, packs the folder into the same bytes each time, and sends it with the credentials of that registry. It runs as a job. A published version never changes: the same version again is refused. Official registries take nothing from here, and without credentials nothing is sent.',
  examples: [
    { line: 'souk publish ./web-app --registry team --dry-run', text: 'check and pack, send nothing' },
    { line: 'souk publish web-app.zip --registry team', text: 'a package that was made before' },
  ],
  arguments: [
    { name: 'path', summary: 'a folder of goods, its souk.yaml, or a ZIP', isRequired: true, completes: 'folder' },
  ],
  options: [
    { flag: '--registry', value: 'NAME', summary: 'the registry to publish to', completes: 'registry' },
    { flag: '--dry-run', summary: 'check and pack, and send nothing' },
    { flag: '--detach', summary: 'do not wait for the job; print its id' },
  ],
  exits: [EXIT.findings, EXIT.unreachable, EXIT.auth],
  seeAlso: ['package', 'validate', 'serve'],
  module: 'pipeline',
  async run(context, [given = ''], values) {
    const registry = textOf(values, 'registry')
    if (registry === undefined) throw usage('publish needs --registry NAME.', 'See "souk registries" for the names.')
    const path = resolve(context.system.env.cwd, given)
    const market = await context.market()
    if (isSet(values, 'dry-run')) {
      const prepared = await withProgress(context, `Checking ${given} ...`, () =>
        market.publication({ path, registry, signal: context.signal }),
      )
      answer(context, { dryRun: true, ...prepared }, () => printPrepared(context, prepared))
      return EXIT.ok
    }
    const id = await market.jobs.start('publish', `Publish ${given} to ${registry}`, { path, registry })
    if (isSet(values, 'detach')) {
      answer(context, { job: { id } }, () => say(context, id))
      return EXIT.ok
    }
    const job = await followToEnd(context, market.jobs, id)
    const { id: item, version, url } = job.result ?? {}
    answer(context, { job, result: job.result ?? {} }, () =>
      say(
        context,
        `published ${plainText(item)} ${plainText(version)}${url === undefined ? '' : `: ${plainText(url)}`}`,
      ),
    )
    return EXIT.ok
  },
}
