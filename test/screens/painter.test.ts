import xterm from '@xterm/headless'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { line } from '../../components/line.ts'
import { themeOf, type Role } from '../../components/theme.ts'
import { openPainter } from '../../screens/painter.ts'

const COLUMNS = 24
const ROWS = 6
const theme = themeOf('dark', { noColor: false })

interface Emulated {
  write(text: string): void
  /** Every cell with its colours, once all that was written is drawn. */
  cells(): Promise<string[]>
}

function emulator(): Emulated {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true, scrollback: 0 })
  return {
    write: (text) => terminal.write(text),
    cells: () =>
      new Promise((done) => {
        terminal.write('', () =>
          done(
            Array.from({ length: ROWS }, (_, row) => {
              const drawn = terminal.buffer.active.getLine(row)
              return Array.from({ length: COLUMNS }, (_, column) => {
                const cell = drawn?.getCell(column)
                const look = [cell?.isBold(), cell?.isDim(), cell?.isInverse(), cell?.isUnderline(), cell?.getFgColor()]
                return `${cell?.getChars() || ' '}${look.join('.')}`
              }).join('|')
            }),
          ),
        )
      }),
  }
}

function painted(): { frames: (frames: readonly string[][]) => string[]; screen: Emulated } {
  const screen = emulator()
  const sent: string[] = []
  const painter = openPainter({
    columns: COLUMNS,
    rows: ROWS,
    write(text) {
      sent.push(text)
      screen.write(text)
    },
  })
  return {
    screen,
    frames(frames) {
      for (const frame of frames) painter.paint(frame)
      return sent
    },
  }
}

const role = fc.constantFrom<Role>('plain', 'strong', 'muted', 'ok', 'error', 'selection', 'heading')
const word = fc.oneof(
  fc.constantFrom('kubernetes', 'redis', '  ', '', 'é…│─', '日本語', '🚀', 'e\u0301', 'ab 日 cd'),
  fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', ' ', '…') }),
)
const drawnLine = fc
  .array(fc.record({ text: word, role }), { maxLength: 5 })
  .map((pieces) => line(theme, COLUMNS, pieces))
const frame = fc.array(drawnLine, { minLength: ROWS, maxLength: ROWS })

describe('the painter', () => {
  test('after any frames the screen is that of the last one painted alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 2, maxLength: 5 }), async (frames) => {
        const many = painted()
        many.frames(frames)
        const fresh = painted()
        fresh.frames(frames.slice(-1))
        expect(await many.screen.cells()).toEqual(await fresh.screen.cells())
      }),
      { numRuns: 150 },
    )
  })

  test('says nothing when nothing changed, and little when little did', () => {
    const rows = Array.from({ length: ROWS }, (_, at) => line(theme, COLUMNS, [{ text: `row ${at}`, role: 'strong' }]))
    const { frames } = painted()
    const [, ...none] = frames([rows, rows])
    expect(none).toEqual([])
    const changed = rows.with(2, line(theme, COLUMNS, [{ text: 'row 7', role: 'strong' }]))
    const sent = frames([changed])
    expect(sent).toHaveLength(2)
    expect(sent[1]).toBe('\u001b[3;5H\u001b[1m7\u001b[0m')
  })

  test('a frame after forget is whole: what a shell left there is painted over', async () => {
    const screen = emulator()
    const painter = openPainter({ columns: COLUMNS, rows: ROWS, write: (text) => screen.write(text) })
    const rows = Array.from({ length: ROWS }, (_, at) => line(theme, COLUMNS, [{ text: `row ${at}` }]))
    painter.paint(rows)
    const before = await screen.cells()
    screen.write('\u001b[H\u001b[31mfg: souk\r\nnoise')
    painter.forget()
    painter.paint(rows)
    expect(await screen.cells()).toEqual(before)
  })
})
