// Writes figures until it is killed: `node writer-child.ts FOLDER NAME MAX_BYTES`. Prints a dot once each batch is out.
import { openEventHub } from '../../src/system/event-hub.ts'
import { openMetrics } from '../../src/metrics/open-metrics.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

const [folder = '', registry = '', maxBytes = '0'] = process.argv.slice(2)
const hub = openEventHub(() => {})
const settings = { enabled: true, maxBytes: Number(maxBytes) }
const metrics = openMetrics({ system: nodeSystem(), folder, settings, on: hub.on })
for (;;) {
  for (let call = 0; call < 64; call++)
    hub.emit('registry.settled', { registry, call: 'search', state: 'fresh', items: 1, ms: 7 })
  // The batch of 64 was written by its last call.
  process.stdout.write('.')
  metrics.figures()
  await new Promise((next) => setImmediate(next))
}
