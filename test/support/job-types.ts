import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { parameterInvalid } from '../../src/model/errors.ts'
import type { JobType } from '../../src/jobs/job.ts'
import type { System } from '../../src/system/system.ts'

interface Work {
  file: string
  lines: string[]
}

/**
 * Small job types for tests. `write` writes `input.file` in two steps and undoes it. `wait` writes `input.file`, then
 * waits until `input.until` exists or it is told to stop. `stubborn` starts a child of its own and heeds no signal.
 */
export function testJobTypes(system: System): JobType[] {
  const write: JobType<Work> = {
    type: 'write',
    open: (input) => {
      if (typeof input['file'] !== 'string') throw parameterInvalid(['file must be text.'], ['file'])
      return { file: input['file'], lines: [] }
    },
    steps: () => [
      {
        id: 'gather',
        title: 'Gather lines',
        async run(state, context) {
          for (let line = 1; line <= 5; line += 1) {
            state.lines.push(`line ${line}`)
            context.progress(line, 5, 'lines')
          }
        },
      },
      { id: 'nothing', title: 'Do nothing', skip: () => 'there is nothing to do', run: async () => {} },
      {
        id: 'write',
        title: 'Write them',
        run: async (state) => writeFileSync(state.file, state.lines.join('\n')),
        undo: async (state) => rmSync(state.file, { force: true }),
      },
    ],
    result: (state) => ({ file: state.file, lines: state.lines.length }),
  }
  const wait: JobType<Record<string, unknown>> = {
    type: 'wait',
    open: (input) => input,
    steps: () => [
      {
        id: 'wait',
        title: 'Wait for a file',
        async run(input, { signal, log }) {
          writeFileSync(String(input['file']), 'here')
          log('waiting')
          while (!existsSync(String(input['until']))) await system.clock.sleep(10, signal)
        },
        undo: async (input) => rmSync(String(input['file']), { force: true }),
      },
    ],
    result: () => ({}),
  }
  const stubborn: JobType<Record<string, unknown>> = {
    type: 'stubborn',
    open: (input) => input,
    steps: () => [
      {
        id: 'hold',
        title: 'Hold on',
        async run(input) {
          const child = spawn(
            process.execPath,
            ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"],
            { stdio: 'ignore' },
          )
          writeFileSync(String(input['file']), String(child.pid))
          await new Promise(() => {
            setInterval(() => {}, 1000)
          })
        },
      },
    ],
    result: () => ({}),
    sweep: (spec) => rmSync(String(spec.input['file']), { force: true }),
  }
  return [write, wait, stubborn] as JobType[]
}
