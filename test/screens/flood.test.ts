import { expect, test } from 'vitest'
import { robot } from '../support/robot.ts'
import { sampleInstallation, sampleListing, sampleMarket } from '../support/sample-market.ts'
import { testSystem } from '../support/test-system.ts'

const GOODS = Array.from({ length: 60 }, (_, at) =>
  sampleListing({ name: `item-${at}`, kind: at % 2 ? 'template' : 'plugin' }),
)

/** Keys, halves of keys, pastes and noise; none of them leaves the program or says yes to anything. */
const PIECES = [
  ...Array.from('jkhlgGdofvprnNaM12345?/:;.,xiuU '),
  '\u001b[A',
  '\u001b[B',
  '\u001b[C',
  '\u001b[D',
  '\u001b[5~',
  '\u001b[6~',
  '\u001b[H',
  '\u001b[F',
  '\u001b[Z',
  '\t',
  '\u007f',
  '\u0015',
  '\u000c',
  '\u001b',
  '\u001b[',
  '\u001bO',
  '\u001b[1;5',
  '\u001b[<0;3;4M',
  '\u001b[200~',
  '\u001b[200~pasted i y\r y\u001b[201~',
  '\u001b[201~',
  '\u001b]0;x\u0007',
  '\u0000',
  '\u009b',
  '漢',
  '👩‍🚀',
  '\u001b[28;5~',
  '\u001b[0n',
]

/** Same numbers each time (a linear congruential generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    return Math.floor((state / 2 ** 32) * below)
  }
}

const KEYS = Number(process.env['FLOOD'] ?? 2000)

test('a flood of keys, halves of keys and noise breaks nothing and starts nothing', async () => {
  const system = testSystem({ isTTY: true })
  const listings = GOODS
  const marketplace = sampleMarket({
    registries: [{ name: 'acme', listings }],
    installed: listings.slice(0, 3).map(sampleInstallation),
    system,
  })
  const user = robot({ marketplace, system })
  await user.see('item-0')
  const over: number[] = []
  void user.ended.then((code) => over.push(code))
  const next = numbers(Number(process.env['SEED'] ?? 7))
  for (let count = 0; count < KEYS && over.length === 0;) {
    const some = 1 + next(6)
    await user.send(Array.from({ length: some }, () => PIECES[next(PIECES.length)]).join(''))
    count += some
    if (next(50) === 0) user.resize(30 + next(120), 5 + next(45))
  }
  expect(over).toEqual([])
  expect(marketplace.started).toEqual([])
  user.resize(80, 24)
  await user.send('\u001b[201~')
  for (let step = 0; step < 60; step++) await user.press('escape')
  await user.press('1')
  await user.see(/^ Souk {2}Search/)
}, 600_000)
