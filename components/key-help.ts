import { bar, fill, line } from './line.ts'
import type { Theme } from './theme.ts'

export interface HelpEntry {
  keys: string
  text: string
  command?: string
  /** Why it does nothing just now. */
  off?: string
}

export interface KeyHelpProps {
  theme: Theme
  width: number
  height: number
  entries: readonly HelpEntry[]
  index: number
}

/** Keys, what they do, and the command that does the same. */
export function keyHelp({ theme, width, height, entries, index }: KeyHelpProps): string[] {
  const top = Math.max(0, Math.min(index - Math.floor(height / 2), entries.length - height))
  const lines = entries.slice(top, top + height).map((entry, offset) => {
    const isChosen = top + offset === index
    const note = entry.off ? `(${entry.off})` : entry.command ? `souk ${entry.command}` : ''
    const pieces = [
      { text: isChosen ? '> ' : '  ' },
      {
        text: entry.keys,
        width: Math.min(20, Math.floor(width / 3)),
        ...(isChosen ? {} : { role: 'accent' as const }),
      },
      { text: ` ${entry.text}  ` },
      { text: note, ...(isChosen ? {} : { role: 'muted' as const }) },
    ]
    return isChosen ? bar(theme, width, 'selection', line(theme, width, pieces)) : line(theme, width, pieces)
  })
  return fill(lines, width, height)
}
