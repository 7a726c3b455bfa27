import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { reasonOf, usage } from '../model/errors.ts'
import { ID_PATTERN } from '../model/manifest.ts'
import type { Listing } from '../model/listing.ts'
import { openGate, type GateOptions } from './gate.ts'
import { openApiDocument } from './openapi.ts'
import { problem } from './problem.ts'
import { addPublishing, refusedPublication, type PublishOptions } from './publish-route.ts'
import { searchShelf, wireQueryOf } from './search-shelf.ts'
import type { Shelf } from './shelf.ts'
import { wireEntry } from './wire-entry.ts'

export interface ServerOptions extends PublishOptions, Pick<GateOptions, 'token' | 'verifier' | 'isPrivate'> {
  /** Loopback when left out. */
  host?: string
  /** 0 takes any free port. */
  port: number
}

/** An archive of 32 MiB in base64, and its entry. */
const MAX_BODY_BYTES = 48 * 1024 * 1024

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** JSON with an ETag; 304 without a body when the asker has it already. `tagged` leaves out what changes by itself. */
function answer(context: Context, body: unknown, tagged: unknown = body): Response {
  const etag = `"${digest(JSON.stringify(tagged)).slice(0, 32)}"`
  if (context.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers: { etag } })
  return context.json(body as object, 200, { etag, 'cache-control': 'no-cache' })
}

/** Bytes of one range of a file; undefined for a range that cannot be met. */
function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number; isPart: boolean } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (!match[1] && !match[2])) return { start: 0, end: size - 1, isPart: false }
  const start = match[1] ? Number(match[1]) : Math.max(0, size - Number(match[2]))
  const end = match[1] && match[2] ? Math.min(Number(match[2]), size - 1) : size - 1
  return start <= end && start < size ? { start, end, isPart: true } : undefined
}

const find = async (shelf: Shelf, name: string): Promise<Listing | undefined> =>
  (await shelf.list()).find((one) => one.name === name)

async function sendGoods(context: Context, options: ServerOptions, name: string): Promise<Response> {
  const version = context.req.query('version') ?? (await find(options.shelf, name))?.version ?? ''
  const packed = await options.shelf.pack(name, version)
  if (!packed) return problem(context, 404, `There are no goods "${name}"${version ? ` in version ${version}` : ''}.`)
  const etag = `"${packed.sha256}"`
  if (context.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers: { etag } })
  const condition = context.req.header('if-range')
  const range = rangeOf(
    condition === undefined || condition === etag ? context.req.header('range') : undefined,
    packed.size,
  )
  if (!range) return new Response(null, { status: 416, headers: { 'content-range': `bytes */${packed.size}` } })
  const { start, end, isPart } = range
  const headers = {
    etag,
    'content-type': 'application/zip',
    'accept-ranges': 'bytes',
    'content-length': String(end - start + 1),
    ...(isPart ? { 'content-range': `bytes ${start}-${end}/${packed.size}` } : {}),
  }
  const body = Readable.toWeb(createReadStream(packed.path, { start, end })) as ReadableStream
  return new Response(body, { status: isPart ? 206 : 200, headers })
}

async function item(context: Context, { shelf }: ServerOptions, name: string): Promise<Response> {
  const version = context.req.query('version')
  const found = await find(shelf, name)
  const has = found && (version === undefined || found.releases.some((one) => one.version === version))
  if (!has) return problem(context, 404, `There is no "${name}"${version ? ` in version ${version}` : ''}.`)
  return answer(context, wireEntry(found, version, await shelf.pack(name, version ?? found.version ?? '')))
}

function routes(options: ServerOptions): Hono {
  const { shelf, system } = options
  const app = new Hono()
  app.onError((error, context) => {
    system.log.warn(`a request failed: ${reasonOf(error)}`)
    return problem(context, 500, 'The registry failed to answer.')
  })
  app.notFound((context) => problem(context, 404, 'There is nothing at this address.'))
  const onRefused = refusedPublication(options)
  const onError = (context: Context): Response => {
    const detail = `A publication has at most ${MAX_BODY_BYTES / 1024 / 1024} MiB.`
    onRefused(413, detail)
    return problem(context, 413, detail)
  }
  const gate = openGate({ ...options, clock: system.clock, onRefused })
  app.use('/api/*', bodyLimit({ maxSize: MAX_BODY_BYTES, onError }), gate)
  app.get('/api/v1/search', async (context) => {
    const from = system.clock.monotonic()
    const query = wireQueryOf(new URL(context.req.url).searchParams)
    const all = await shelf.list()
    const { page, filtered } = searchShelf(all, query, shelf.rank)
    const body = {
      templates: page.map((one) => wireEntry(one, undefined)),
      total_count: all.length,
      filtered_count: filtered,
      query,
    }
    return answer(context, { ...body, execution_time: Math.round((system.clock.monotonic() - from) * 1e6) }, body)
  })
  app.get('/api/v1/categories', async (context) => {
    const counts = new Map<string, number>()
    for (const name of (await shelf.list()).flatMap((one) => one.categories))
      counts.set(name, (counts.get(name) ?? 0) + 1)
    return answer(
      context,
      [...counts].map(([name, count]) => ({ name, count })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    )
  })
  app.use('/api/v1/templates/:name/*', async (context, next) => {
    if (!ID_PATTERN.test(context.req.param('name') ?? '')) return problem(context, 400, 'This is not a name of goods.')
    await next()
  })
  app.get('/api/v1/templates/:name', (context) => {
    const name = context.req.param('name')
    return ID_PATTERN.test(name) ? item(context, options, name) : problem(context, 400, 'This is not a name of goods.')
  })
  app.get('/api/v1/templates/:name/download', (context) => sendGoods(context, options, context.req.param('name')))
  addPublishing(app, options)
  app.get('/api/v1/openapi.json', (context) => answer(context, openApiDocument()))
  return app
}

/** Headers within 10 s, a request within 60 s. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 60_000, maxHeaderSize: 16 * 1024 }
/** Connections of one address at once. */
const MAX_SOCKETS = 200

/** Ends connections of an address that has too many. */
function limitSockets(server: ReturnType<typeof serve>): void {
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const count = (open.get(address) ?? 0) + 1
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
    if (count > MAX_SOCKETS) socket.destroy()
  })
}

/** Serves a shelf as a registry that the `rest` protocol speaks to. Throws `usage.wrong` when the port cannot be had. */
export async function openServer(options: ServerOptions): Promise<{ url: string; close(): Promise<void> }> {
  const hostname = options.host ?? '127.0.0.1'
  const app = routes(options)
  return new Promise((done, fail) => {
    const server = serve({ fetch: app.fetch, hostname, port: options.port, serverOptions: LIMITS }, (info) => {
      const host = info.family === 'IPv6' ? `[${info.address}]` : info.address
      const close = (): Promise<void> =>
        new Promise((closed) => {
          server.close(() => closed())
          if ('closeAllConnections' in server) server.closeAllConnections()
        })
      done({ url: `http://${host}:${info.port}`, close })
    })
    limitSockets(server)
    server.on('error', (error: Error) =>
      fail(usage(`The address ${hostname}:${options.port} cannot be served: ${error.message}.`)),
    )
  })
}
