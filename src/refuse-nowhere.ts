import { existsSync, statfsSync } from 'node:fs'
import { fileProblem } from './model/errors.ts'
import { isNowhere, pathsOf } from './system/paths.ts'
import type { Env } from './system/system.ts'

/** Throws `file.problem` where no folder of ours can be made, so that nothing tries for ever. */
export function refuseNowhere(env: Pick<Env, 'home' | 'get'>): void {
  const { config, cache, state, data } = pathsOf(env)
  const nowhere = [config, cache, state, data].find((path) => isNowhere(path, { existsSync, statfsSync }))
  if (nowhere !== undefined) throw fileProblem(nowhere, 'no folder can be made in /proc; set SOUK_HOME to one of yours')
}
