import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { Env } from '../system/system.ts'
import type { Chosen } from './resolve.ts'

type HostProgram = NonNullable<Plan['requires']>[number]

/** The programs of this machine that goods ask for, one entry a program and range, in the order of the goods. */
export function requiredPrograms(chosen: readonly Chosen[]): HostProgram[] {
  const all = new Map<string, HostProgram>()
  for (const { id, release } of chosen)
    for (const { name, range } of release.requires) {
      const key = `${name}\n${range}`
      const one = all.get(key) ?? { name, range, by: [] }
      one.by.push(id)
      all.set(key, one)
    }
  return [...all.values()]
}

/** Whether a program can be started by its name here. It is looked for, never run. */
async function isOnPath(name: string, env: Pick<Env, 'get' | 'platform'>): Promise<boolean> {
  if (!/^[\w.+-]+$/.test(name)) return false
  const endings = env.platform === 'win32' ? (env.get('PATHEXT') ?? '.EXE;.CMD;.BAT').split(';') : ['']
  for (const folder of (env.get('PATH') ?? '').split(delimiter).filter(Boolean)) {
    for (const ending of endings) {
      const path = join(folder, name + ending)
      const isThere = await access(path, constants.X_OK).then(
        async () => (await stat(path)).isFile(),
        () => false,
      )
      if (isThere) return true
    }
  }
  return false
}

/** One sentence for each program that is not found here. A found one is not asked for its version. */
export async function missingPrograms(plan: Plan, env: Pick<Env, 'get' | 'platform'>): Promise<string[]> {
  const askers = new Map<string, string[]>()
  for (const { name, by } of plan.requires ?? []) askers.set(name, [...(askers.get(name) ?? []), ...by])
  const found = await Promise.all([...askers.keys()].map(async (name) => isOnPath(name, env)))
  return [...askers]
    .filter((_one, at) => !found[at])
    .map(([name, by]) => {
      const others = by.length > 1 ? ` and ${by.length - 1} more` : ''
      return `${name} is not found on this machine; ${by[0]}${others} cannot run without it.`
    })
}
