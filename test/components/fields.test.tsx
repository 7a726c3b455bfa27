import { useState } from 'react'
import { describe, expect, test } from 'vitest'
import { SelectList } from '../../components/select-list.tsx'
import { TextField } from '../../components/text-field.tsx'
import { HOSTILE, onScreen, WIDTHS } from './frames.tsx'

const UP = '\u001b[A'
const DOWN = '\u001b[B'
const LEFT = '\u001b[D'

function Typed({ width, first = '', told }: { width: number; first?: string; told?: (text: string) => void }) {
  const [text, setText] = useState(first)
  const change = (next: string): void => {
    setText(next)
    told?.(next)
  }
  return <TextField label=" Search: " value={text} width={width} onChange={change} />
}

describe.each(WIDTHS)('a text field at %i columns', (width) => {
  test('takes letters, gives them back one by one, and edits in the middle', async () => {
    const heard: string[] = []
    const screen = onScreen(<Typed width={width} told={(text) => heard.push(text)} />)
    await screen.press('g', 'p', 'x')
    await expect.poll(screen.frame).toContain('Search: gpx')
    await screen.press('\u007f', 'u')
    await expect.poll(screen.frame).toContain('Search: gpu')
    await screen.press(LEFT, LEFT, 'z')
    await expect.poll(screen.frame).toContain('Search: gzpu')
    expect(heard.at(-1)).toBe('gzpu')
  })

  test('a text put there from outside is gone on with at its end', async () => {
    const field = (value: string) => (
      <TextField label=": " value={value} width={width} onChange={(text) => screen.draw(field(text))} />
    )
    const screen = onScreen(field('kub'))
    await expect.poll(screen.frame).toContain('kub')
    screen.draw(field('kubernetes'))
    await screen.press('!')
    await expect.poll(screen.frame).toContain('kubernetes!')
    screen.draw(field(''))
    await screen.press('a', 'b')
    await expect.poll(screen.frame).toContain(': ab')
  })

  test('a text longer than its line shows the end, where the typing happens, on one line', async () => {
    const screen = onScreen(<Typed width={width} first={`${'a'.repeat(150)}end`} />)
    await expect.poll(screen.frame).toContain('end')
    await screen.press('!')
    await expect.poll(screen.frame).toContain('end!')
    expect(screen.lines()).toHaveLength(1)
    expect(screen.frame().length).toBeLessThanOrEqual(width)
  })
})

describe.each(WIDTHS)('a list to choose from at %i columns', (width) => {
  const items = ['relevance', 'downloads', 'rating', 'updated'].map((value) => ({ label: `by ${value}`, value }))

  test('arrows move the marker, Enter takes what it stands on', async () => {
    const chosen: string[] = []
    const list = <SelectList title="Sort" items={items} width={width} height={8} onSelect={(one) => chosen.push(one)} />
    const screen = onScreen(list)
    await expect.poll(screen.frame).toContain('> by relevance')
    await screen.press(DOWN, DOWN, UP)
    await expect.poll(screen.frame).toContain('> by downloads')
    await screen.press('\r')
    expect(chosen).toEqual(['downloads'])
  })

  test('long and hostile labels are cut to the line; a long list scrolls in its height', async () => {
    const many = [...HOSTILE, ...Array.from({ length: 20 }, (_, index) => `label ${index}`)].map((label, index) => ({
      label,
      value: String(index),
    }))
    const screen = onScreen(
      <SelectList title={HOSTILE[3] ?? ''} items={many} width={width} height={7} onSelect={() => {}} />,
    )
    await expect.poll(screen.frame).toContain('red')
    expect(screen.lines().length).toBeLessThanOrEqual(7)
    await screen.press(...Array.from({ length: 8 }, () => DOWN))
    await expect.poll(screen.frame).toContain('> label 4')
    expect(screen.lines().length).toBeLessThanOrEqual(7)
  })
})
