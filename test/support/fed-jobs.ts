import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { JobEventBody } from '../../src/jobs/job.ts'
import { writeJobSpec, writeOwner } from '../../src/jobs/job-folder.ts'
import { openJournal } from '../../src/jobs/journal.ts'
import type { System } from '../../src/system/system.ts'

/** A job whose journal a test writes itself; it lives as long as this process does. */
export interface FedJob {
  id: string
  write(body: JobEventBody): void
  close(): void
}

/** Begins a running job with three steps in a jobs folder, the second of which is under way. */
export function feedJob(system: System, folder: string, number: number): FedJob {
  mkdirSync(folder, { recursive: true })
  const minute = String(number % 60).padStart(2, '0')
  const id = `20261121-12${minute}00-000-${String(number).padStart(6, 'a')}`
  const title = `Run template-${number}`
  const createdAt = `2026-11-21T12:${minute}:00.000Z`
  const files = writeJobSpec(folder, { id, type: 'run', title, input: {}, createdAt, program: 'souk' }, system.random)
  const { pid } = system.env
  const mark = system.run.alive(pid) ?? ''
  writeOwner(files, { pid, mark }, system.random)
  const journal = openJournal(files.journal, system.clock)
  const steps = ['Generate', 'Validate', 'Package'].map((one) => ({ id: one.toLowerCase(), title: one }))
  journal.write({ type: 'queued', title })
  journal.write({ type: 'started', pid, mark, steps })
  journal.write({ type: 'step', step: 'generate', state: 'running' })
  journal.write({ type: 'step', step: 'generate', state: 'done', ms: 40 })
  journal.write({ type: 'step', step: 'validate', state: 'running' })
  journal.write({ type: 'progress', step: 'validate', done: number, total: 4000, unit: 'rules' })
  return { id, write: (body) => void journal.write(body), close: () => journal.close() }
}

/** Where a home keeps its jobs. */
export const jobsFolderOf = (home: string): string => join(home, 'state', 'jobs')
