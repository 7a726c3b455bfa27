import { app } from '@azure/functions'

/** Calls another party. The way out is the NAT gateway, so the other side sees one address. */
async function send(call, context) {
  const url = new URL(call?.url)
  if (url.protocol !== 'https:') throw new Error(`only https is called, not ${url.protocol}`)
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(call.body ?? {}), signal: AbortSignal.timeout(30_000) })
  if (!answer.ok) throw new Error(`${url.host} answered ${answer.status}`)
  context.log(`${url.host} answered ${answer.status}`)
  return answer.status
}

app.serviceBusQueue('callLater', {
  connection: 'ServiceBus',
  queueName: '%QUEUE_NAME%',
  handler: send,
})

/** For callers within the network: the app lets in the app subnet alone. */
app.http('callNow', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'calls',
  handler: async (request, context) => ({ jsonBody: { status: await send(await request.json(), context) } }),
})
