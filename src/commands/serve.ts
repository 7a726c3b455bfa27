import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { usage } from '../model/errors.ts'
import type { Command } from './command.ts'
import { answer, say, warn } from './output.ts'
import { door } from './package.ts'
import { countOf, isSet, textOf } from './values.ts'
import { counted } from './words.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'serve a folder of goods as a registry',
  description:
    'Serves the goods of a folder over HTTP, so that other people can add its address as a registry of protocol rest. Listens on this machine only unless --host says otherwise. Reading is open to all unless --private. Publishing needs the token that the variable of --token-env holds, or a request signed by a key of the --allowed-signers file (as for ssh-keygen -Y verify); wrong signatures, changed bodies and requests signed more than 5 minutes ago are refused. Ctrl-C ends it.',
  examples: [
    { line: 'souk serve ./goods --port 8080', text: 'then: souk registries add local http://127.0.0.1:8080' },
    { line: 'souk serve ./goods --host 0.0.0.0 --token-env MARKET_TOKEN', text: 'for a team, with a token' },
  ],
  arguments: [{ name: 'folder', summary: 'the goods, a folder each', isRequired: true, completes: 'folder' }],
  options: [
    { flag: '--port', value: 'N', summary: 'port to listen on; 0 takes a free one', preset: '0' },
    { flag: '--host', value: 'ADDRESS', summary: 'address to listen on', preset: '127.0.0.1' },
    { flag: '--token-env', value: 'NAME', summary: 'variable that holds the token clients must send' },
    { flag: '--allowed-signers', value: 'FILE', summary: 'keys whose signed requests are believed' },
    { flag: '--private', summary: 'reading needs the token or a signature too' },
  ],
  seeAlso: ['registries'],
  module: 'server',
  async run(context, [folder = ''], values) {
    const port = countOf(values, 'port') ?? 0
    if (port > 65_535) throw usage(`--port goes up to 65535, not ${port}.`)
    const variable = textOf(values, 'token-env')
    if (variable !== undefined && !context.system.env.get(variable))
      throw usage(`The variable ${variable} is not set.`, `Set it (export ${variable}=...) or leave --token-env out.`)
    const signers = textOf(values, 'allowed-signers')
    const allowedSigners = signers === undefined ? undefined : resolve(context.system.env.cwd, signers)
    if (allowedSigners !== undefined && !existsSync(allowedSigners))
      throw usage(`There is no file ${allowedSigners}.`, 'Each line is a name and a public key; see ssh-keygen(1).')
    if (isSet(values, 'private') && variable === undefined && allowedSigners === undefined)
      throw usage('--private lets nobody in by itself.', 'Add --token-env NAME or --allowed-signers FILE.')
    const server = await door(context, 'openServer')(resolve(context.system.env.cwd, folder), {
      port,
      host: textOf(values, 'host') ?? '127.0.0.1',
      ...(variable === undefined ? {} : { tokenVariable: variable }),
      ...(allowedSigners === undefined ? {} : { allowedSigners }),
      ...(isSet(values, 'private') ? { isPrivate: true } : {}),
    })
    try {
      const facts = { url: server.url, items: server.items, skipped: server.skipped ?? [] }
      answer(context, { ...facts, folder: resolve(context.system.env.cwd, folder) }, () =>
        say(context, `Serving ${counted(server.items, 'item')} at ${server.url} (Ctrl-C ends it)`),
      )
      for (const one of facts.skipped) warn(context, `not served: ${one.item}: ${one.reason}`)
      await new Promise<void>((end) => {
        if (context.signal.aborted) end()
        context.signal.addEventListener('abort', () => end(), { once: true })
      })
    } finally {
      await server.close()
    }
  },
}
