import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TEMPLATES } from '../support/run-pipeline.ts'
import { PYTHON_MS, hasPython, runPython } from '../support/python.ts'

const folder = join(TEMPLATES, 'azure-event-driven/functions')
const load = createRequire(join(folder, 'x.js'))
const read = (file: string): string => readFileSync(join(folder, file), 'utf8')

interface Registered {
  kind: string
  name: string
  options: Record<string, unknown> & { handler(message: unknown, context: unknown): unknown }
}

/** Loads the code of a worker with a stand-in of Azure's library that keeps what is registered. */
function worker(file: string): Registered {
  const found: Registered[] = []
  const keep = (kind: string) => (name: string, options: Registered['options']) => found.push({ kind, name, options })
  const app = { serviceBusQueue: keep('queue'), serviceBusTopic: keep('topic') }
  const output = { serviceBusTopic: (where: unknown) => where }
  // oxlint-disable-next-line typescript/no-implied-eval -- our own file, run with what it requires replaced
  const module = new Function('require', 'process', read(file)) as (
    take: (id: string) => unknown,
    from: unknown,
  ) => void
  const take = (id: string): unknown =>
    id === '@azure/functions' ? { app, output } : load(join(folder, file, '..', id))
  module(take, { env: { THIRDPARTY_URL: thirdParty } })
  expect(found).toHaveLength(1)
  return found[0] as Registered
}
let thirdParty = ''

/** Calls a worker's handler with a message; answers what it sent on. */
async function handle({ options }: Registered, message: unknown): Promise<unknown[]> {
  const sent: unknown[] = []
  await options.handler(message, {
    log: () => {},
    extraOutputs: { set: (_to: unknown, value: unknown) => sent.push(value) },
  })
  return sent
}

const ORDER = { id: 'o-1', customer: 'kim@example.com', lines: [{ product: 'tea', quantity: 2, price: 450 }] }

describe('the sample code of the functions', () => {
  test('an order of the queue becomes an event, and the event a notification', async () => {
    const orders = worker('queue-worker/src/functions/orders.js')
    expect([orders.kind, orders.options['queueName'], orders.options['connection']]).toEqual([
      'queue',
      '%QUEUE_NAME%',
      'ServiceBus',
    ])
    const events = await handle(orders, ORDER)
    expect(events).toEqual([{ type: 'order.accepted', order: 'o-1', customer: 'kim@example.com', total: 900 }])

    const topic = worker('topic-worker/src/functions/events.js')
    expect([topic.kind, topic.options['topicName'], topic.options['subscriptionName']]).toEqual([
      'topic',
      '%TOPIC_NAME%',
      '%SUBSCRIPTION_NAME%',
    ])
    const told = await handle(topic, events[0])
    expect(told).toEqual([
      { to: 'kim@example.com', subject: 'Your order', text: 'Order o-1 over 9.00 has been accepted.' },
    ])
    expect(await handle(topic, { type: 'stock.counted' })).toEqual([])
  })

  test('what is no order is refused, so that it becomes a dead letter', async () => {
    const orders = worker('queue-worker/src/functions/orders.js')
    for (const wrong of [
      null,
      {},
      { ...ORDER, lines: [] },
      { ...ORDER, lines: [{ product: 'tea', quantity: 0, price: 1 }] },
    ]) {
      await expect(handle(orders, wrong)).rejects.toThrow(/order/)
    }
  })

  test('a message is passed on to the third party and nowhere else', async () => {
    await expect(handle(worker('thirdparty-sync/src/functions/sync.js'), { path: '/' })).rejects.toThrow(
      'THIRDPARTY_URL is not set',
    )
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      response.writeHead(request.url === '/v1/broken' ? 503 : 202).end()
    })
    await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready))
    onTestFinished(() => void server.close())
    thirdParty = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const sync = worker('thirdparty-sync/src/functions/sync.js')
    await handle(sync, { path: '/v1/orders', body: { id: 1 } })
    await expect(handle(sync, { path: '/v1/broken' })).rejects.toThrow('answered 503')
    for (const path of ['//elsewhere.example/', 'https://elsewhere.example/', '/a?b=//c', undefined]) {
      await expect(handle(sync, { path })).rejects.toThrow('no path')
    }
    expect(seen).toEqual(['POST /v1/orders', 'POST /v1/broken'])
  })

  test('has all four triggers', () => {
    const python = read('etl-processor/function_app.py')
    for (const trigger of ['service_bus_queue_trigger', 'timer_trigger', 'route(route="jobs"'])
      expect(python).toContain(`@app.${trigger}`)
    for (const name of ['queue-worker', 'topic-worker', 'thirdparty-sync', 'etl-processor']) {
      expect(JSON.parse(read(`${name}/host.json`))).toMatchObject({ version: '2.0' })
    }
  })

  test.skipIf(!hasPython())(
    'the transformation turns rows into JSON lines and refuses ragged ones',
    { timeout: PYTHON_MS },
    async () => {
      const code = 'import sys; from transform import to_json_lines; print("\\n".join(to_json_lines(sys.stdin.read())))'
      const run = (input: string): Promise<string> =>
        runPython(['-c', code], { cwd: join(folder, 'etl-processor'), input })
      const lines = (await run('id, name\n1,"tea, green"\n2,\n\n')).trim().split('\n')
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
        { id: '1', name: 'tea, green' },
        { id: '2', name: null },
      ])
      await expect(run('id,name\n1\n')).rejects.toThrow('line 2 has 1 cells and the first line names 2')
      await expect(run('id,id\n1,2\n')).rejects.toThrow('name every column, each once')
    },
  )
})
