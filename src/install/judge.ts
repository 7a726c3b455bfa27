import { isMarketError, itemUnsafe, reasonOf } from '../model/errors.ts'
import type { System } from '../system/system.ts'

/** How much is asked of goods before they are put in place (inventory S2.8, S2.9). */
export type Strictness = 'scan' | 'full' | 'required'

interface Judged {
  id: string
  /** The unpacked files. */
  folder: string
  strictness: Strictness
  signal: AbortSignal
  log(text: string, level?: 'info' | 'warning'): void
}

/**
 * Runs the rules over unpacked goods where the settings ask for it. Throws `item.unsafe` when they fail, and, with
 * `required`, when no rule had anything to look at: what was not validated has not passed.
 */
export async function judgeGoods(system: System, { id, folder, strictness, signal, log }: Judged): Promise<void> {
  if (strictness === 'scan') return
  const { validatePath } = await import('../validation/validator.ts')
  const asked = `install.validation is ${strictness}`
  const report = await validatePath({ system, path: folder, signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    if (strictness === 'required' || !isMarketError(error)) {
      throw itemUnsafe(id, `it could not be validated (${reasonOf(error).replace(/\.$/, '')}), and ${asked}`)
    }
    log(`${id} was not validated: ${error.message}`, 'warning')
    return undefined
  })
  if (!report) return
  const { status, score, findings, rules } = report
  if (status === 'failed') {
    const facts = { status, score, findings: findings.length }
    throw itemUnsafe(id, `it failed its validation (score ${score}, ${findings.length} findings), and ${asked}`, facts)
  }
  const run = rules.filter((rule) => rule.state === 'run').length
  if (run === 0 && strictness === 'required') throw itemUnsafe(id, `no rule could look at it, and ${asked}`)
  log(`${id} was validated: ${status}, score ${score}, ${run} rules`)
}
