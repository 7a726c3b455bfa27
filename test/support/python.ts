import { execa, execaSync } from 'execa'
import { fileURLToPath } from 'node:url'

const folder = (name: string): string => fileURLToPath(new URL(`pulumi/${name}`, import.meta.url))

let found: string | undefined
/** Python itself: what stands on the path may be a script that looks for it at every start. */
function python(): string {
  const where = (): string =>
    execaSync('python3', ['-c', 'import sys; print(sys.executable)'], { reject: false }).stdout
  return (found ??= where() || 'python3')
}

/** Whether a line of Python runs on this machine; says that something is skipped where it does not. */
function runs(code: string, without: string): boolean {
  if (execaSync(python(), ['-c', code], { reject: false, stdio: 'ignore' }).exitCode === 0) return true
  console.warn(`SKIPPED: ${without}`)
  return false
}

/** Whether there is a Python for the generated project. */
export const hasPython = (): boolean =>
  runs('import sys; sys.exit(sys.version_info < (3, 11))', 'no python3 of 3.11 or newer on this machine')

/** Whether the real pydantic is there, not our stand-in. */
export const hasPydantic = (): boolean =>
  runs('import pydantic, pydantic_settings', 'python3 has no pydantic and pydantic-settings on this machine')

/** For tests that start Python several times, on a machine with other things to do. */
export const PYTHON_MS = 180_000

/** Secrets as the process environment has them. */
export const SECRETS = { PULUMI_CONFIG_PASSPHRASE: 'correct horse', AZURE_STORAGE_ACCOUNT: 'pulumistate' }

interface PythonRun {
  cwd: string
  env?: Record<string, string>
  input?: string
  /** The real pydantic of this machine instead of the stand-in. */
  isRealPydantic?: boolean
}

/** Runs Python with the stand-ins of Pulumi on its path. Throws with what it wrote when it fails. */
export async function runPython(args: readonly string[], { cwd, env, input, isRealPydantic }: PythonRun) {
  const path = [folder('stand-ins'), ...(isRealPydantic ? [] : [folder('pydantic-stand-ins')])].join(':')
  const { stdout } = await execa(python(), args, {
    cwd,
    extendEnv: false,
    env: { PATH: process.env['PATH'], PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1', ...SECRETS, ...env },
    input: input ?? '',
  })
  return stdout
}

/** A resource that a Pulumi program registered, with inputs as they would be sent. */
export interface Registered {
  type: string
  /** Its name, after those of what it is a part of: `sb-evt-dev/orders-queue`. */
  path: string
  token: string
  name: string
  layer: string
  /** Layers and resources it waits for, by name. */
  needs: string[]
  inputs: Record<string, unknown>
}

/** Runs the program of a project for one stack, and answers what it registered. */
export async function runProgram(
  tree: string,
  stack: string,
  config: Record<string, string>,
  isRealPydantic = false,
): Promise<Registered[]> {
  const env = { PULUMI_STACK: stack, PULUMI_PROJECT: 'event-driven', PULUMI_CONFIG: JSON.stringify(config) }
  const text = await runPython([folder('run-program.py'), tree], { cwd: tree, env, isRealPydantic })
  return (JSON.parse(text) as { resources: Registered[] }).resources
}

/** What a policy pack says of resources. */
export interface PolicyReport {
  level: string
  policies: string[]
  reported: { policy: string; problem: string }[]
}

/** Shows resources of a stack to a policy pack. */
export async function runPolicies(
  pack: string,
  stack: string,
  resources: readonly Registered[],
): Promise<PolicyReport> {
  const text = await runPython([folder('run-policies.py'), pack, stack], {
    cwd: pack,
    input: JSON.stringify(resources),
  })
  return JSON.parse(text) as PolicyReport
}
