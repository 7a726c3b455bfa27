import { wrap } from '../src/model/cells.ts'
import { fill, line } from './line.ts'
import type { Theme } from './theme.ts'

export interface DialogProps {
  theme: Theme
  width: number
  height: number
  title: string
  lines: readonly string[]
  isYes: boolean
}

/** Two buttons; the chosen one is bracketed, so that it shows without colour. */
export function yesNo(theme: Theme, width: number, isYes: boolean): string {
  return line(theme, width, [
    { text: ' ' },
    { text: isYes ? '> [Yes] ' : '   Yes  ', role: isYes ? 'selection' : 'plain' },
    { text: ' ' },
    { text: isYes ? '   No  ' : '> [No] ', role: isYes ? 'plain' : 'selection' },
    { text: '   y / n, Enter takes the marked one', role: 'muted' },
  ])
}

/** A question over the whole body. */
export function dialog(props: DialogProps): string[] {
  const { theme, width, height } = props
  const text = props.lines.flatMap((one) => wrap(one, Math.max(1, width - 2)))
  const lines = [
    line(theme, width, []),
    line(theme, width, [{ text: ` ${props.title}`, role: 'heading' }]),
    line(theme, width, []),
    ...text.slice(0, Math.max(0, height - 5)).map((one) => line(theme, width, [{ text: ` ${one}` }])),
    line(theme, width, []),
    yesNo(theme, width, props.isYes),
  ]
  return fill(lines, width, height)
}
