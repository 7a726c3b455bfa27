import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { skippedText } from '../model/catalog.ts'
import { fileProblem, usage } from '../model/errors.ts'
import type { Command, CommandContext } from './command.ts'
import { answer, say, warn } from './output.ts'
import { door } from './package.ts'
import { countOf, isSet, textOf, type Values } from './values.ts'
import { counted } from './words.ts'

/** Fewer characters are guessed too soon; `openssl rand -hex 32` makes a good token. */
const LEAST_TOKEN = 16

/** The token for publishing; undefined when none was asked for. */
async function tokenOf({ system }: CommandContext, values: Values): Promise<string | undefined> {
  const variable = textOf(values, 'publish-token-env')
  const file = textOf(values, 'token-file')
  if (variable === undefined && file === undefined) return undefined
  if (variable !== undefined && file !== undefined)
    throw usage('--publish-token-env and --token-file cannot both say what the token is.')
  const from = variable === undefined ? `The file ${file}` : `The variable ${variable}`
  const text = variable === undefined ? await readToken(resolve(system.env.cwd, file ?? '')) : system.env.get(variable)
  const token = text?.trim()
  if (!token)
    throw usage(
      `${from} ${variable === undefined ? 'is empty' : 'is not set'}.`,
      'It must hold the token that publishers send.',
    )
  if (token.length < LEAST_TOKEN)
    throw usage(
      `${from} holds a token of fewer than ${LEAST_TOKEN} characters.`,
      'Make one with "openssl rand -hex 32".',
    )
  return token
}

/** A file with a secret; one that others may read is refused. */
async function readToken(path: string): Promise<string> {
  const facts = await stat(path).catch((error: unknown) => {
    throw fileProblem(path, 'it cannot be read', error)
  })
  if (!facts.isFile() || facts.size > 4096) throw fileProblem(path, 'it is no file with a token')
  if ((facts.mode & 0o077) !== 0) throw fileProblem(path, 'others may read it; give it the mode 0600')
  return readFile(path, 'utf8')
}

export const serve: Command = {
  name: 'serve',
  summary: 'serve a folder of goods as a registry',
  description:
    'Serves the goods of a folder over HTTP, so that other people can add its address as a registry of protocol rest. Listens on this machine only unless --host says otherwise. Reading is open to all unless --private. Publishing needs the token of --publish-token-env or --token-file, or a request signed by a key of the --allowed-signers file (as for ssh-keygen -Y verify); wrong signatures, changed bodies and requests signed more than 5 minutes ago are refused. A published version never changes. GET /api/v1/openapi.json describes it all. Ctrl-C ends it.',
  examples: [
    { line: 'souk serve ./goods --port 8080', text: 'then: souk registries add local http://127.0.0.1:8080' },
    {
      line: 'souk serve ./goods --host 0.0.0.0 --publish-token-env MARKET_TOKEN',
      text: 'for a team that publishes to it',
    },
  ],
  arguments: [{ name: 'folder', summary: 'the goods, a folder each', isRequired: true, completes: 'folder' }],
  options: [
    { flag: '--port', value: 'N', summary: 'port to listen on; 0 takes a free one', preset: '0' },
    { flag: '--host', value: 'ADDRESS', summary: 'address to listen on', preset: '127.0.0.1' },
    { flag: '--publish-token-env', value: 'NAME', summary: 'variable that holds the token publishers must send' },
    {
      flag: '--token-file',
      value: 'FILE',
      summary: 'file that holds it, which nobody else may read',
      completes: 'file',
    },
    { flag: '--allowed-signers', value: 'FILE', summary: 'keys whose signed requests are believed' },
    { flag: '--private', summary: 'reading needs the token or a signature too' },
  ],
  seeAlso: ['publish', 'registries'],
  module: 'server',
  async run(context, [folder = ''], values) {
    const port = countOf(values, 'port') ?? 0
    if (port > 65_535) throw usage(`--port goes up to 65535, not ${port}.`)
    const token = await tokenOf(context, values)
    const signers = textOf(values, 'allowed-signers')
    const allowedSigners = signers === undefined ? undefined : resolve(context.system.env.cwd, signers)
    if (allowedSigners !== undefined && !existsSync(allowedSigners))
      throw usage(`There is no file ${allowedSigners}.`, 'Each line is a name and a public key; see ssh-keygen(1).')
    if (isSet(values, 'private') && token === undefined && allowedSigners === undefined)
      throw usage('--private lets nobody in by itself.', 'Add --publish-token-env NAME or --allowed-signers FILE.')
    const server = await door(context, 'openServer')(resolve(context.system.env.cwd, folder), {
      port,
      host: textOf(values, 'host') ?? '127.0.0.1',
      ...(token === undefined ? {} : { token }),
      ...(allowedSigners === undefined ? {} : { allowedSigners }),
      ...(isSet(values, 'private') ? { isPrivate: true } : {}),
    })
    try {
      const facts = { url: server.url, items: server.items, skipped: server.skipped ?? [] }
      answer(context, { ...facts, folder: resolve(context.system.env.cwd, folder) }, () =>
        say(context, `Serving ${counted(server.items, 'item')} at ${server.url} (Ctrl-C ends it)`),
      )
      for (const one of facts.skipped) warn(context, `not served: ${skippedText(one)}`)
      await new Promise<void>((end) => {
        if (context.signal.aborted) end()
        context.signal.addEventListener('abort', () => end(), { once: true })
      })
    } finally {
      await server.close()
    }
  },
}
