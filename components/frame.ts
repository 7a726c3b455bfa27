import { ends, line, type Piece } from './line.ts'
import type { Theme } from './theme.ts'

export interface HeaderProps {
  product: string
  screen: string
  up: number
  total: number
  jobs: number
  cache: string
}

/** The first line: product and screen; registries up, running jobs, cache. */
export function header(theme: Theme, width: number, props: HeaderProps): string {
  const isNarrow = width < 60
  const right: Piece[] = [
    {
      text: `${props.up}/${props.total}${isNarrow ? ' up' : ' registries'}`,
      role: props.up < props.total ? 'warn' : 'ok',
    },
    { text: `  ${props.jobs} running`, role: props.jobs ? 'accent' : 'muted' },
    { text: isNarrow ? ' ' : `  cache ${props.cache} `, role: 'muted' },
  ]
  return ends(theme, width, [{ text: ` ${props.product}`, role: 'heading' }, { text: `  ${props.screen}` }], right)
}

/** The message line: level word, text, what to do. Empty when there is nothing to say. */
export function messageLine(
  theme: Theme,
  width: number,
  notice: { level: 'info' | 'warning' | 'error'; text: string; hint?: string } | undefined,
): string {
  if (!notice) return line(theme, width, [])
  const role = { info: 'ok', warning: 'warn', error: 'error' } as const
  return line(theme, width, [
    { text: ` ${notice.level}: `, role: role[notice.level] },
    { text: notice.text },
    ...(notice.hint ? [{ text: ` ${notice.hint}`, role: 'muted' as const }] : []),
  ])
}

/** The last line: the keys of this screen, as many as fit. */
export function hintLine(theme: Theme, width: number, hints: readonly { key: string; text: string }[]): string {
  const pieces: Piece[] = []
  let room = width - 1
  for (const { key, text } of hints) {
    const size = key.length + text.length + 3
    if (size > room) continue
    room -= size
    pieces.push({ text: ` ${key}`, role: 'accent' }, { text: ` ${text} `, role: 'muted' })
  }
  return line(theme, width, pieces)
}
