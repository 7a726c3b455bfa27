// Counts what the Pulumi project and the ARM template of each environment make: `node run-stacks.ts OUT`, where OUT is
// the output of a run of azure-event-driven with `--format both`.
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allResources } from '../../src/pipeline/generators/arm-resources.ts'
import type { ArmTemplate } from '../../src/pipeline/generators/arm-template.ts'
import { ENVS, stackConfig } from './stacks.ts'
import { runProgram, runPython } from './python.ts'

const out = process.argv[2] ?? 'out'
for (const env of ENVS.filter((one) => existsSync(join(out, one, 'pulumi')))) {
  const tree = join(out, env, 'pulumi')
  const cache = { PYTHONDONTWRITEBYTECODE: '', PYTHONPYCACHEPREFIX: join(tmpdir(), 'souk-pycache') }
  await runPython(['-m', 'compileall', '-q', tree, join(out, env, 'functions')], { cwd: tree, env: cache })
  const pulumi = await runProgram(tree, env, stackConfig(tree, env))
  const arm = allResources(JSON.parse(readFileSync(join(out, env, 'mainTemplate.json'), 'utf8')) as ArmTemplate)
  const types = new Set(pulumi.map((one) => one.type))
  console.log(`${env}: compiles; Pulumi ${pulumi.length} resources of ${types.size} types, ARM ${arm.length}`)
}
