// A process of its own that writes entries without end, or as many as it is told, and says how far it is.
import { flushCompileCache } from 'node:module'
import { defaultSettings } from '../../src/config/defaults.ts'
import { openCache } from '../../src/cache/open-cache.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

// Killed processes do not keep what they compiled; so it is done before there is anything to kill.
flushCompileCache()
const [path = '', name = '', limit = '0'] = process.argv.slice(2)
const cache = await openCache({
  system: nodeSystem(),
  settings: { ...defaultSettings().cache, maxBytes: 8 * 1024 * 1024 },
  path,
  emit: (event, payload) => {
    if (event === 'warning') process.stderr.write(JSON.stringify(payload))
  },
})
const end = limit === '0' ? Number.POSITIVE_INFINITY : Number(limit)
for (let index = 0; index < end; index++) {
  await cache.put('search', name, `k${index}`, { index, text: `${name} `.repeat(100 + (index % 400)) })
  await cache.get('search', name, `k${index}`)
  if (index % 20 === 0) process.stdout.write(`${index}\n`)
}
await cache.close()
