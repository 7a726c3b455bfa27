import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EXIT, fileProblem, folderNotEmpty, isMarketError, reasonOf, usage, type ExitCode } from '../model/errors.ts'
import type { CommandContext } from './command.ts'
import { answer, say } from './output.ts'

/** What `generate --stream` is asked: the input of the job it replaces. */
export interface StreamInput {
  template: string
  envs: readonly string[]
  out: string
  parameters: Record<string, unknown>
  force: boolean
  seed?: string | undefined
  features: Record<string, boolean>
  tiers: 'effective' | 'requested'
}

/** A file that is there when it is whole, and not before. Throws `file.problem`. */
function openFile(path: string) {
  const part = `${path}.part`
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      if (isMarketError(error)) throw error
      throw fileProblem(path, `cannot be written: ${reasonOf(error)}`, error)
    }
  }
  const fd = guarded(() => {
    mkdirSync(dirname(path), { recursive: true })
    return openSync(part, 'w')
  })
  return {
    write(bytes: Uint8Array): void {
      for (let at = 0; at < bytes.length;) at += guarded(() => writeSync(fd, bytes, at))
    },
    end(): void {
      closeSync(fd)
      guarded(() => renameSync(part, path))
    },
    drop(): void {
      closeSync(fd)
      rmSync(part, { force: true })
    },
  }
}

/** Generates the main template straight to standard output (`--out -`) or to a file for each environment. */
export async function streamTo(context: CommandContext, input: StreamInput, isStdout: boolean): Promise<ExitCode> {
  const { template, parameters, seed, features, tiers } = input
  const asked = { template, parameters, seed, features, tiers }
  const market = await context.market()
  if (isStdout) {
    const [env = 'dev', ...more] = input.envs
    if (more.length > 0) throw usage('Standard output holds one environment: name one with --env.')
    const text = new TextDecoder('utf-8', { ignoreBOM: true })
    const write = (bytes: Uint8Array): void => context.system.io.out.write(text.decode(bytes))
    await market.streamTemplate({ ...asked, env }, write, context.signal)
    return EXIT.ok
  }
  const made: Record<string, unknown>[] = []
  for (const env of input.envs) {
    const path = join(input.out, env, 'mainTemplate.json')
    if (existsSync(path) && !input.force) throw folderNotEmpty(dirname(path))
    const file = openFile(path)
    try {
      const { resources } = await market.streamTemplate({ ...asked, env }, file.write, context.signal)
      file.end()
      made.push({ env, path, resources })
    } catch (error) {
      file.drop()
      throw error
    }
  }
  answer(context, { environments: made }, () => {
    for (const one of made)
      say(context, `${String(one['env'])}: ${String(one['resources'])} resources, ${String(one['path'])}`)
  })
  return EXIT.ok
}
