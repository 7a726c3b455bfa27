import { wrap } from '../src/model/cells.ts'
import { fill, line } from '../components/line.ts'
import type { Drawn, ScreenProps } from './routes.ts'

const ROLES = { info: 'ok', warning: 'warn', error: 'error' } as const

/** Everything said in this sitting, newest first, with its time (UTC, as in journals) and in full. */
export function messagesScreen({ theme, width, height, state }: ScreenProps): Drawn {
  const { all, scroll } = state.notices
  const lines = all
    .toReversed()
    .slice(scroll, scroll + height)
    .flatMap(({ level, text, hint, at }) => {
      const time = new Date(at).toISOString().slice(11, 19)
      return wrap(`${level}: ${text}${hint === undefined ? '' : ` ${hint}`}`, Math.max(1, width - 11)).map(
        (one, index) =>
          line(theme, width, [
            { text: ` ${index === 0 ? time : ''.padEnd(8)} `, role: 'muted' },
            { text: one, role: ROLES[level] },
          ]),
      )
    })
  const none = line(theme, width, [{ text: ' Nothing was said yet.' }])
  return { lines: fill(all.length ? lines : [none], width, height), listRows: height }
}
