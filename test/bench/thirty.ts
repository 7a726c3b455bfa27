/**
 * Thirty registries behind the screens, in a real pseudo-terminal of 120x40: one answers in 5 ms and stands last in
 * the settings, one never answers and stands first, the rest take 50 ms to 1.4 s. Each round types a word nobody was
 * asked before. Tells, for every round: ms from the moment the first answer was sent until its row was on the screen,
 * which one that was, its turn among those asked, and the most requests that the servers had in hand at once.
 * Prints one JSON line; exits 1 when half of the first rows
 * took over 50 ms, or more than 8 requests were in hand. Run the build
 * first. `node test/bench/thirty.ts [rounds]`
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { measurePty } from '../support/pty-bench.ts'

const COUNT = 30
const [NEVER, FAST] = [0, COUNT - 1]
const AIM_MS = 50
const MOST_IN_HAND = 8
const WORDS = 'amberwick brindlehof cormorant dovetail elderglen foxglove grimsby harrowgate ivorybill'.split(' ')
const wallNow = (): number => performance.timeOrigin + performance.now()
const nameOf = (at: number): string => `r${String(at).padStart(2, '0')}`

/** What the servers say of one word. */
interface Heard {
  word: string
  firstAt: number
  first: string
  /** Turn of the quick one among those asked, from 1. */
  turn: number
  mostInHand: number
}

/** The part of the other process: all registries, below a path each; a line goes out for the first answer to a word. */
function serve(): void {
  let inHand = 0
  let most = 0
  const asked = new Map<string, string[]>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost')
    const at = Number(url.pathname.slice(2, 4))
    const word = url.searchParams.get('q') ?? ''
    const order = asked.get(word) ?? []
    asked.set(word, [...order, nameOf(at)])
    inHand += 1
    most = Math.max(most, inHand)
    response.on('close', () => (inHand -= 1))
    if (at === NEVER) return
    const templates = [{ name: `aa-${word}-${nameOf(at)}`, version: '1.0.0', description: `${word} of ${nameOf(at)}` }]
    const body = JSON.stringify({ templates, total_count: 1, filtered_count: 1 })
    const answer = (): void => {
      response.setHeader('content-type', 'application/json').end(body)
      const turn = (asked.get(word) ?? []).indexOf(nameOf(FAST)) + 1
      process.stdout.write(
        `${JSON.stringify({ word, firstAt: wallNow(), first: nameOf(at), turn, mostInHand: most })}\n`,
      )
    }
    setTimeout(answer, at === FAST ? 5 : at * 50)
  })
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
  process.stdin.on('end', () => process.exit(0)).resume()
}

async function bench(servers: ChildProcess, rounds: number): Promise<void> {
  const heard = new Map<string, Heard>()
  const lines = createInterface({ input: servers.stdout as NodeJS.ReadableStream })
  let mostInHand = 0
  const port = await new Promise<number>((ready) => {
    lines.on('line', (line) => {
      if (/^\d+$/.test(line)) return ready(Number(line))
      const one = JSON.parse(line) as Heard
      mostInHand = Math.max(mostInHand, one.mostInHand)
      if (!heard.has(one.word)) heard.set(one.word, one)
    })
  })
  const home = mkdtempSync(join(tmpdir(), 'souk-thirty-'))
  mkdirSync(join(home, 'config'))
  const entries = Array.from({ length: COUNT }, (_, at) => {
    const url = `http://127.0.0.1:${port}/r${nameOf(at).slice(1)}`
    return `  - { name: ${nameOf(at)}, type: community, protocol: rest, url: "${url}" }\n`
  })
  writeFileSync(join(home, 'config', 'registries.yaml'), `registries:\n${entries.join('')}`)
  const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, SOUK_HOME: home, LANG: 'C.UTF-8', SHELL: '/bin/sh' }
  const openedAt = wallNow()
  const pty = measurePty([main], { columns: 120, rows: 40, env: { ...env, TERM: 'xterm-256color' } })
  const painted: Record<string, number> = {}
  const paint = async (word: string, atLeast: string): Promise<void> => {
    painted[word] = openedAt + (await pty.sees(atLeast))
  }
  try {
    // The first look asks for everything, and teaches who is quick.
    await paint('', 'aa--r')
    await pty.listen(7000)
    pty.type('/', 50).catch(() => {})
    for (const word of WORDS.slice(0, rounds)) {
      const seen = paint(word, `aa-${word}-r`)
      await pty.type(`\u0015${word}`, 10)
      await seen
      await pty.listen(2500)
    }
  } finally {
    pty.kill()
    rmSync(home, { recursive: true, force: true })
  }
  const told = [...heard.values()].map(({ word, firstAt, first, turn }) => ({
    word: word || '(first look)',
    first,
    turnOfTheQuick: turn,
    paintedMs: Math.round(((painted[word] ?? Number.NaN) - firstAt) * 10) / 10,
  }))
  const times = told.slice(1).map((one) => one.paintedMs)
  const figures = {
    bench: 'thirty',
    registries: COUNT,
    mostInHand,
    paintedMs: { median: times.toSorted((a, b) => a - b)[times.length >>> 1], worst: Math.max(...times) },
    rounds: told,
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  process.exitCode = mostInHand > MOST_IN_HAND || (figures.paintedMs.median ?? AIM_MS) > AIM_MS ? 1 : 0
}

if (process.argv[2] === 'serve') serve()
else {
  const servers = spawn(process.execPath, [fileURLToPath(import.meta.url), 'serve'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    await bench(servers, Number(process.argv[2] ?? 5))
  } finally {
    servers.kill()
  }
}
