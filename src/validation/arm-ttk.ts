import { mkdtemp, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LimitFunction } from 'p-limit'
import { z } from 'zod'
import { removeTree } from '../bundle/remove-tree.ts'
import { harmless } from '../model/text.ts'
import type { System } from '../system/system.ts'

/** The Azure toolkit itself, where there is one. */
export interface Toolkit {
  /** Its folder, or its `arm-ttk.psd1`. */
  path: string
  /** PowerShell, by name or path. */
  pwsh: string
  /** How many of its processes may run at once. */
  limit: LimitFunction
  /** How long one may take, ms; then it and all it started are ended. */
  timeoutMs: number
}

/** One test of the toolkit on one file. */
export interface ToolkitResult {
  name: string
  file: string
  errors: { id: string; message: string }[]
}

export interface ToolkitOutcome {
  state: 'run' | 'skipped' | 'timeout' | 'failed'
  reason?: string
  results: ToolkitResult[]
}

const MODULE = 'arm-ttk.psd1'
/** Stands before the answer: PowerShell and modules may print what they like. */
const MARK = 'SOUK-ARM-TTK '
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** Runs all tests and writes them as one line of JSON. What it works on comes as parameters, never as script. */
const SCRIPT = `param([string]$Module, [string]$Template)
$ErrorActionPreference = 'Stop'
Import-Module $Module
$ErrorActionPreference = 'Continue'
$results = @(Test-AzTemplate -TemplatePath $Template -ErrorAction SilentlyContinue -WarningAction SilentlyContinue)
$flat = @($results | Where-Object { $_.Name } | ForEach-Object {
  @{
    name = [string]$_.Name
    file = [string]$_.File.FullPath
    errors = @($_.Errors | Where-Object { $_ } | ForEach-Object {
      @{ id = [string]$_.FullyQualifiedErrorId; message = [string]$_ }
    })
  }
})
[Console]::Out.WriteLine('${MARK}' + (ConvertTo-Json -InputObject $flat -Depth 6 -Compress))
`

const text = (most: number): z.ZodType<string> => z.string().transform((value) => harmless(value, most))
const answerShape = z
  .array(
    z.object({
      name: text(200),
      file: z.string().max(4096).default(''),
      errors: z
        .array(z.object({ id: text(200), message: text(500) }))
        .max(10_000)
        .default([]),
    }),
  )
  .max(100_000)

/**
 * Runs the toolkit over a file or folder, a few at a time. Without PowerShell or the toolkit it is skipped; it never
 * throws but for a cancelled run, and leaves neither a process nor a file.
 */
export function runToolkit(
  toolkit: Toolkit,
  { system, target, signal }: { system: System; target: string; signal?: AbortSignal },
): Promise<ToolkitOutcome> {
  return toolkit.limit(async () => {
    signal?.throwIfAborted()
    if (/\.zip$/i.test(target)) return skipped('it cannot look into a ZIP')
    const module = await moduleOf(toolkit.path)
    if (module === undefined) return skipped(`arm-ttk not found in ${harmless(toolkit.path, 300)}`)
    const folder = await mkdtemp(join(tmpdir(), 'souk-arm-ttk-'))
    try {
      const script = join(folder, 'run.ps1')
      await writeFile(script, SCRIPT)
      const args = ['-NoLogo', '-NoProfile', '-NonInteractive', '-File', script, '-Module', module, '-Template', target]
      const ran = await system.run.program(toolkit.pwsh, args, {
        cwd: folder,
        env: { TMPDIR: folder, POWERSHELL_TELEMETRY_OPTOUT: '1', POWERSHELL_UPDATECHECK: 'Off', NO_COLOR: '1' },
        timeoutMs: toolkit.timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
        isTree: true,
        ...(signal ? { signal } : {}),
      })
      signal?.throwIfAborted()
      return outcomeOf(ran, toolkit)
    } finally {
      await removeTree(folder)
    }
  })
}

const skipped = (reason: string): ToolkitOutcome => ({ state: 'skipped', reason, results: [] })

function outcomeOf(ran: Awaited<ReturnType<System['run']['program']>>, { timeoutMs }: Toolkit): ToolkitOutcome {
  if (ran.timedOut) return { state: 'timeout', reason: `it did not end within ${timeoutMs / 1000} s`, results: [] }
  if (ran.exitCode === -1 && /ENOENT|EACCES/.test(ran.stderr)) return skipped('pwsh not found')
  const failed = (reason: string): ToolkitOutcome => ({ state: 'failed', reason: harmless(reason, 300), results: [] })
  const line = ran.stdout.split('\n').findLast((one) => one.startsWith(MARK))
  if (line === undefined) {
    const said = ran.stderr.trim().split('\n').at(-1) ?? ''
    return failed(`it gave no answer (exit code ${ran.exitCode}${said ? `: ${said}` : ''})`)
  }
  try {
    const checked = answerShape.safeParse(JSON.parse(line.slice(MARK.length)))
    return checked.success
      ? { state: 'run', results: checked.data }
      : failed('its answer has another shape than agreed')
  } catch {
    return failed('its answer is no JSON')
  }
}

/** The module's file: what was named, in it, or in a folder of its name in it. */
async function moduleOf(path: string): Promise<string | undefined> {
  for (const one of [path, join(path, MODULE), join(path, 'arm-ttk', MODULE)]) {
    const isFile = (await stat(one).catch(() => undefined))?.isFile() ?? false
    if (isFile && one.endsWith('.psd1')) return one
  }
  return undefined
}
