import type { Context, Hono } from 'hono'
import type { Emit } from '../model/events.ts'
import { problem, type OnRefused, type Status } from './problem.ts'
import { claimOf, publishGoods, type Press } from './publish-goods.ts'

export interface PublishOptions extends Press {
  /** Told of every publication and every refusal of one. */
  emit?: Emit
}

/** What was published, or was to be. */
interface Claim {
  item: string
  version?: string
}

/** Which rule of ours is behind a status, for the audit trail. */
const POLICIES: Partial<Record<Status, string>> = {
  400: 'readable requests',
  401: 'credentials',
  403: 'read-only registry',
  406: 'protocol version',
  409: 'versions never change',
  413: 'size',
  422: 'safe content',
}

/** Tells of a refused publication, as far as it is known what it was to be. */
export function refusedPublication({ emit }: PublishOptions, claim: Claim = { item: 'unnamed' }): OnRefused {
  return (status, detail) => {
    const policy = POLICIES[status]
    emit?.('publish.ended', {
      ...claim,
      registry: 'served here',
      problem: { code: `http.${status}`, message: detail, ...(policy === undefined ? {} : { policy }) },
    })
  }
}

/** `POST /api/v1/templates`, for those the gate let in. */
export function addPublishing(app: Hono, options: PublishOptions): void {
  const refuse = (context: Context, status: Status, detail: string, claim?: Claim): Response => {
    refusedPublication(options, claim)(status, detail)
    return problem(context, status, detail)
  }
  app.post('/api/v1/templates', async (context) => {
    const body: unknown = await context.req.json().catch((error: unknown) => {
      if (error instanceof SyntaxError) return undefined
      throw error
    })
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      return refuse(context, 400, 'The body is not a JSON object.')
    const entry = body as Record<string, unknown>
    const done = await publishGoods(options, entry)
    if (done.status !== 201) return refuse(context, done.status, done.reason, claimOf(entry))
    const { name, version } = done
    options.emit?.('publish.ended', { item: name, version, registry: 'served here' })
    const url = `/api/v1/templates/${name}?version=${encodeURIComponent(version)}`
    return context.json({ name, version, url, message: 'published' }, 201, { location: url })
  })
}
