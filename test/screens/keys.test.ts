import { array, assert, constantFrom, nat, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openKeys, type Key } from '../../screens/keys.ts'
import { testClock } from '../support/test-system.ts'

function reader() {
  const clock = testClock()
  const got: Key[] = []
  const keys = openKeys(clock, (some) => got.push(...some))
  return { clock, keys, names: () => got.map((key) => key.name), got }
}

describe('bytes of a terminal as keys', () => {
  test('a lone ESC is Escape after 50 ms, an arrow split anywhere is one arrow', async () => {
    const { clock, keys, names } = reader()
    keys.push('\u001b')
    await clock.advance(49)
    expect(names()).toEqual([])
    await clock.advance(1)
    for (const part of ['\u001b', '[', 'A']) keys.push(part)
    expect(names()).toEqual(['escape', 'up'])
  })

  test('Escape and a letter right behind it in packets of their own are two keys', () => {
    const { keys, names } = reader()
    keys.push('\u001b')
    keys.push('3')
    expect(names()).toEqual(['escape', '3'])
  })

  test('replies of the terminal, mouse reports and unknown sequences are no keys', () => {
    const { keys, names } = reader()
    keys.push(
      '\u001b[0n\u001b[?62;c\u001b[28;5~\u001b]11;rgb:0/0/0\u0007\u001bP1$r\u001b\\\u001b[<0;1;1M\u001b[M !!\u001b[Ix',
    )
    expect(names()).toEqual(['x'])
  })

  test('a paste is one key, also over several packets; a character split in its bytes stays whole', () => {
    const { keys, got } = reader()
    keys.push('\u001b[200~one\r')
    keys.push('two\u001b[201~')
    const bytes = Buffer.from('日')
    keys.push(bytes.subarray(0, 1))
    keys.push(bytes.subarray(1))
    expect(got).toEqual([
      { name: 'paste', text: 'one\rtwo' },
      { name: '日', text: '日' },
    ])
  })

  test('a paste behind half a sequence is still a paste, also when its first bytes come late', async () => {
    for (const half of ['\u001bO', '\u001b[1;5', '\u001b]0;title', '\u001bP1']) {
      const { keys, names } = reader()
      keys.push(`${half}\u001b[200~y\ry\u001b[201~`)
      expect(names()).toEqual(['paste'])
    }
    const { clock, keys, names } = reader()
    keys.push('\u001b[2')
    await clock.advance(400)
    keys.push('00~y\r\u001b[201~')
    expect(names()).toEqual(['paste'])
  })

  test('a paste that never ends is over after a silence: keys work again', async () => {
    const { clock, keys, names } = reader()
    keys.push('\u001b[200~half')
    await clock.advance(4000)
    keys.push(' a paste')
    await clock.advance(5000)
    keys.push('\u0003')
    expect(names()).toEqual(['paste', 'ctrl-c'])
  })

  const KEYS = [
    'j',
    'G',
    '\u007f',
    '\r',
    '\t',
    '\u001b[A',
    '\u001b[B',
    '\u001b[5~',
    '\u001bOC',
    '\u001b[1;5D',
    '日',
    '\u001b[200~x\u001b[201~',
  ]
  test('however packets are cut, every key counts once', () => {
    assert(
      property(array(constantFrom(...KEYS), { maxLength: 20 }), array(nat(200), { maxLength: 10 }), (pressed, cuts) => {
        const whole = reader()
        whole.keys.push(pressed.join(''))
        const cut = reader()
        const bytes = Buffer.from(pressed.join(''))
        const places = [0, ...cuts.map((at) => at % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
        places.slice(1).forEach((end, index) => cut.keys.push(bytes.subarray(places[index], end)))
        expect(whole.names()).toHaveLength(pressed.length)
        expect(cut.names()).toEqual(whole.names())
      }),
      { numRuns: 500 },
    )
  })

  test('random bytes never throw and never become control text', () => {
    assert(
      property(array(uint8Array({ maxLength: 12 }), { maxLength: 8 }), (packets) => {
        const { keys, got } = reader()
        for (const packet of packets) keys.push(packet)
        for (const key of got) if (key.name !== 'paste') expect(key.text ?? 'a').toMatch(/^[^\p{Cc}]+$/u)
      }),
      { numRuns: 2000 },
    )
  })
})
