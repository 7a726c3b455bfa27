import { lineDiff } from '../model/line-diff.ts'
import type { Draft } from '../model/draft.ts'
import type { RunState } from './run-state.ts'

/** Lines of a difference that a result holds for each environment; the files have the rest. */
const MAX_DIFF_LINES = 2000

/** What became of the files since they were generated, in the form of `diff -u`. */
function diffOf({ files }: Draft, before: ReadonlyMap<string, string>): string[] {
  const isReport = (path: string): boolean => path.startsWith('report.')
  const lines = files
    .filter(({ path }) => !isReport(path))
    .flatMap(({ path, content }) => {
      const changed = lineDiff(before.get(path) ?? '', Buffer.from(content).toString('utf8'))
      return changed.length > 0 ? [`${before.has(path) ? 'changed' : 'new'} ${path}`, ...changed] : []
    })
  return lines.slice(0, MAX_DIFF_LINES)
}

function environmentOf(state: RunState, draft: Draft): Record<string, unknown> {
  const { env, report, bundle, notes, changes, sections } = draft
  const before = state.before?.get(env)
  return {
    env,
    notes,
    cached: state.cached.has(env),
    ...(changes.length > 0 ? { changes } : {}),
    ...(sections.length > 0 ? { sections: Object.fromEntries(sections.map(({ id, data }) => [id, data])) } : {}),
    ...(report ? { status: report.status, score: report.score, findings: report.findings.length } : {}),
    ...(bundle ? { bundle } : {}),
    ...(before ? { diff: diffOf(draft, before) } : {}),
  }
}

/** What a run tells at its end: files, and for each environment what was made, changed and found. */
export function resultOf(state: RunState): Record<string, unknown> {
  const { manifest } = state.template
  return {
    template: manifest.id,
    version: manifest.version,
    out: state.target.out,
    files: state.placed,
    environments: state.drafts.map((draft) => environmentOf(state, draft)),
    trace: state.trace,
    ...(state.published ? { published: state.published } : {}),
  }
}
