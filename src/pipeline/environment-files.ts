import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileProblem } from '../model/errors.ts'

/** Names that are environments in the name of a file, besides those that are asked for. */
const USUAL = ['dev', 'qa', 'staging', 'prod']

/** The folder a package of one environment is made of, and what of it stays out because it is of another one. */
export interface EnvironmentFiles {
  folder: string
  leave(path: string): string | undefined
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/**
 * The environment that a file of parameters or of a stack is for, by a word of its name: `parameters.dev.json`,
 * `app.parameters.qa.json`, `prod.parameters.json`, `Pulumi.prod.yaml`.
 */
function environmentIn(path: string, known: readonly string[]): string | undefined {
  const name = path.split('/').at(-1) ?? ''
  if (!/(?:^|[._-])parameters[._-].*\.?json$|^Pulumi\..*\.ya?ml$/i.test(name)) return undefined
  const words = name.split(/[._-]/)
  return known.find((env) => words.includes(env))
}

/**
 * The files of one environment below a folder: the folder of its name, or all files but the parameters and folders of
 * the other environments. Throws `file.problem` where neither is there.
 */
export function environmentFiles(folder: string, env: string, asked: readonly string[]): EnvironmentFiles {
  const own = join(folder, env)
  if (isFolder(own)) return { folder: own, leave: () => undefined }
  const known = [...new Set([...asked, ...USUAL])]
  const others = known.filter((one) => one !== env)
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'))
  if (!names.some((name) => environmentIn(name, known) === env))
    throw fileProblem(folder, `it holds neither a folder "${env}" nor parameters of it, such as parameters.${env}.json`)
  return {
    folder,
    leave(path) {
      const other = others.find((one) => path.startsWith(`${one}/`)) ?? environmentIn(path, others)
      return other === undefined ? undefined : `of the environment ${other}`
    },
  }
}
