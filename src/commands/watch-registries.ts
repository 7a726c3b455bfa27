import type { Marketplace } from '../marketplace.ts'
import type { CommandContext } from './command.ts'
import { printJsonLine, say } from './output.ts'
import { durationText } from './words.ts'

type Change = Parameters<Parameters<Marketplace['registries']['watch']>[0]>[0][number]

function lineOf({ registry, from, to, at, latencyMs, reason }: Change): string {
  const time = new Date(at).toISOString().slice(11, 19)
  const latency = to === 'up' && latencyMs !== undefined ? ` (${durationText(latencyMs)})` : ''
  return `${time} ${registry}: ${from} -> ${to}${latency}${reason === undefined ? '' : `. ${reason}`}`
}

/** Prints a line for each registry whose state changes, until Ctrl-C. With --json a value a line, the states of now first. */
export async function watchRegistries(context: CommandContext, market: Marketplace): Promise<void> {
  const { signal, global, system } = context
  if (signal.aborted) return
  const everyMs = market.loaded.settings.health.intervalMs
  if (global.json) {
    const at = new Date(system.clock.now()).toISOString()
    for (const { entry, health } of market.registries.status())
      printJsonLine(context, { at, registry: entry.name, to: health.state, latencyMs: health.latencyMs })
  } else say(context, `\nAsking every ${durationText(everyMs)}; Ctrl-C ends it.`)
  const stop = market.registries.watch((changes) => {
    for (const change of changes) {
      if (global.json) printJsonLine(context, { ...change, at: new Date(change.at).toISOString() })
      else say(context, lineOf(change))
    }
  })
  await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }))
  stop()
}
