import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { serve } from '../http/loopback.ts'
import { hasPty, openPty } from '../support/pty.ts'
import { tempFolder } from '../support/temp.ts'

const entry = (name: string) => ({ name, version: '1.0.0', description: `What ${name} does.` })

/** A registry that tells the long text of an item only when asked for that item. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://x')
  const name = pathname.split('/templates/')[1]
  const templates = ['anchor-set', 'buoy-line', 'crane-arm'].map(entry)
  const value = name
    ? { ...entry(name), long_description: `The whole story of ${name}.` }
    : { templates, total_count: 3, filtered_count: 3 }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

describe.skipIf(!hasPty)('someone who rests on a row', () => {
  it.each([true, false])('finds it open at once, though the registry is gone by then (prefetch %s)', async (isOn) => {
    const home = tempFolder()
    const server = await serve(answer)
    const items = (): string[] => server.seen.map((one) => one.url ?? '').filter((url) => url.includes('/templates/'))
    mkdirSync(join(home, 'config'), { recursive: true })
    writeFileSync(
      join(home, 'config', 'registries.yaml'),
      `registries:\n  - { name: quay, url: ${server.url}, protocol: rest }\ncache: { prefetch: ${isOn} }\nhttp: { tries: 1 }\n`,
    )
    const events = join(home, 'events.ndjson')
    const user = openPty(['--events', events], {
      columns: 80,
      rows: 24,
      env: { SOUK_HOME: home, HOME: home },
    })
    await user.waitFor('2/2 registries')
    user.press('/buoy{enter}')
    await user.waitFor(/> +buoy-line/)
    if (isOn) {
      await expect.poll(() => readFileSync(events, 'utf8'), { timeout: 5000 }).toContain('"item.prefetched"')
      expect(items()).toEqual(['/api/v1/templates/buoy-line'])
    } else {
      await user.waitFor('1 item')
      expect(readFileSync(events, 'utf8')).not.toContain('item.prefetched')
    }
    server.stop()
    user.press('{enter}')
    if (isOn) expect(await user.waitFor('The whole story of buoy-line.')).not.toContain('Asking')
    else await user.waitFor('[Overview]')
    expect(items()).toHaveLength(isOn ? 1 : 0)
  })
})
