import { AUDIT_COMMANDS } from './audit.ts'
import { BENCH_COMMANDS } from './bench.ts'
import { browse } from './browse.ts'
import { CACHE_COMMANDS } from './cache.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import { complete, completion } from './completion.ts'
import { CONFIG_COMMANDS } from './config.ts'
import { COST_COMMANDS } from './cost.ts'
import { deploy } from './deploy.ts'
import { diff } from './diff.ts'
import { DOCTOR_COMMANDS } from './doctor.ts'
import { ENV_COMMANDS } from './env.ts'
import { INSTALL_COMMANDS } from './install.ts'
import { init } from './init.ts'
import { intel } from './intel.ts'
import { installed, outdated } from './installed.ts'
import { JOB_COMMANDS } from './jobs.ts'
import { LARGE_COMMANDS } from './large.ts'
import { METRIC_COMMANDS } from './metrics.ts'
import { PACKAGE_COMMANDS } from './package.ts'
import { publish } from './publish.ts'
import { REGISTRY_LOOKS } from './registries.ts'
import { addRegistry, editRegistry } from './registry-add.ts'
import { REGISTRY_EDITS } from './registry-edits.ts'
import { perf } from './perf.ts'
import { PLUGIN_COMMANDS } from './plugin.ts'
import { PIPELINE_COMMANDS } from './pipeline.ts'
import { generate, packageCommand, run } from './run.ts'
import { list, search } from './search.ts'
import { serve } from './serve.ts'
import { deps, show, versions } from './show.ts'
import { apiVersions, updateApiVersions } from './api-versions.ts'
import { validate } from './validate.ts'
import { which } from './which.ts'

/** Every built-in command, in the order of help and README. A new one: a file here and a line in this list. */
export const COMMANDS: readonly Command[] = [
  search,
  list,
  browse,
  show,
  versions,
  deps,
  intel,
  which,
  ...INSTALL_COMMANDS,
  outdated,
  installed,
  ...REGISTRY_LOOKS,
  addRegistry,
  editRegistry,
  ...REGISTRY_EDITS,
  ...PLUGIN_COMMANDS,
  run,
  generate,
  ...ENV_COMMANDS,
  diff,
  ...COST_COMMANDS,
  deploy,
  validate,
  apiVersions,
  updateApiVersions,
  packageCommand,
  ...PIPELINE_COMMANDS,
  ...PACKAGE_COMMANDS,
  ...LARGE_COMMANDS,
  publish,
  ...JOB_COMMANDS,
  perf,
  ...BENCH_COMMANDS,
  ...CACHE_COMMANDS,
  ...METRIC_COMMANDS,
  ...AUDIT_COMMANDS,
  serve,
  init,
  ...CONFIG_COMMANDS,
  commands,
  completion,
  complete,
  ...DOCTOR_COMMANDS,
]
