import { stripVTControlCharacters } from 'node:util'
import { Text } from 'ink'
import { render } from 'ink-testing-library'
import type { ReactElement } from 'react'
import stringWidth from 'string-width'
import { expect, onTestFinished } from 'vitest'
import { themeOf, type Theme } from '../../components/theme.ts'
import { harmless } from '../../src/model/text.ts'

/** No roles painted, so that lines read as text. */
export const plain = Object.fromEntries(
  Object.keys(themeOf('none', { noColor: true })).map((role) => [role, '']),
) as Theme
export const coloured = themeOf('dark', { noColor: false })

/** The two screens every component is drawn on. */
export const WIDTHS = [80, 40] as const

/** What hostile registries write, as it arrives behind the door. */
export const HOSTILE = [
  '\u001b[31mred\u001b[0m \u001b]0;owned\u0007',
  '日本語のテンプレート'.repeat(6),
  '👩‍👩‍👧‍👦 e\u0301toile \u202Egnp.exe',
  `${'x'.repeat(300)}\r\nsecond line\ttab`,
].map((text) => harmless(text))

/** A component on a terminal in memory. */
export function onScreen(element: ReactElement) {
  const screen = render(element)
  onTestFinished(() => screen.unmount())
  return {
    frame: (): string => stripVTControlCharacters(screen.lastFrame() ?? ''),
    lines: (): string[] => stripVTControlCharacters(screen.lastFrame() ?? '').split('\n'),
    /** Keys one after the other, each drawn before the next. */
    async press(...keys: string[]): Promise<void> {
      for (const key of keys) {
        await new Promise((next) => setImmediate(next))
        screen.stdin.write(key)
        await new Promise((next) => setImmediate(next))
      }
    },
    draw: (next: ReactElement): void => screen.rerender(next),
  }
}

/** Fitted lines as a frame. */
export const Frame = ({ lines }: { lines: readonly string[] }): ReactElement => (
  <Text wrap="truncate">{lines.join('\n')}</Text>
)

/** Every line takes exactly its cells, and nothing but our own colours controls the terminal. */
export function expectFitted(lines: readonly string[], width: number): void {
  for (const one of lines) {
    expect(stringWidth(one)).toBe(width)
    // oxlint-disable-next-line no-control-regex
    expect(one.replaceAll(/\u001b\[[\d;]*m/g, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  }
}
