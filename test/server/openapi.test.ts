import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { openServer } from '../../src/server/open-server.ts'
import { sampleGoods, shelfOf } from '../registries/open.ts'
import { testSystem } from '../support/test-system.ts'

type Json = Record<string, unknown>
interface Operation {
  operationId: string
  responses: Record<string, { content?: Record<string, { schema: Json }> }>
  requestBody?: { content: Record<string, { schema: Json }> }
}
interface Document {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json> }
}

async function serve(): Promise<{ url: string; document: Document }> {
  const folder = sampleGoods()
  const server = await openServer({
    system: testSystem(),
    folder,
    port: 0,
    shelf: await shelfOf(folder),
    token: 'publish-with-this',
  })
  onTestFinished(() => server.close())
  const document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as Document
  return { url: server.url, document }
}

/** The schemas of the published document as something that checks answers. Members it does not name are faults. */
function checkerOf({ components }: Document, name: string) {
  const schema = components.schemas[name]
  if (!schema) throw new Error(`the document has no schema ${name}`)
  return z.fromJSONSchema(schema, { defaultTarget: 'openapi-3.0' })
}

it('publishes an OpenAPI 3.0 document in which everything that is referred to is there', async () => {
  const { document } = await serve()
  expect(document.openapi).toMatch(/^3\.0\.\d+$/)
  expect(document.info).toMatchObject({ title: 'Souk Template Registry API', version: '1.0.0' })
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/api/v1/search', '/api/v1/categories', '/api/v1/templates/{name}', '/api/v1/templates']),
  )
  const ids = new Set<string>()
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) {
      expect(['get', 'post']).toContain(method)
      expect(Object.keys(operation.responses).length, path).toBeGreaterThan(0)
      expect(ids.has(operation.operationId)).toBe(false)
      ids.add(operation.operationId)
    }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '')
  expect(references.length).toBeGreaterThan(10)
  for (const reference of references)
    expect(document.components.schemas, reference).toHaveProperty([reference.replace('#/components/schemas/', '')])
  // Words of JSON Schema that OpenAPI 3.0 does not have.
  expect(JSON.stringify(document.components)).not.toMatch(/"(?:\$schema|const|exclusiveMinimum":\d|type":\[)"/)
})

it('answers every question as its own document says', async () => {
  const { url, document } = await serve()
  const read = async (path: string, init?: RequestInit) => (await fetch(`${url}/api/v1${path}`, init)).json()
  const result = await read('/search')
  expect((result as { templates: unknown[] }).templates.length).toBeGreaterThan(1)
  checkerOf(document, 'SearchResult').parse(result)
  checkerOf(document, 'SearchResult').parse(await read('/search?q=nothing-like-it&category=x&sort_by=rating'))
  checkerOf(document, 'Template').parse(await read('/templates/alpha'))
  checkerOf(document, 'Template').parse(await read('/templates/alpha?version=1.0.0'))
  checkerOf(document, 'Categories').parse(await read('/categories'))
  for (const path of ['/templates/nowhere', '/templates/..%2fx', '/templates/alpha?version=9.9.9'])
    checkerOf(document, 'Problem').parse(await read(path))
  const goods = { name: 'gamma', version: '1.0.0', description: 'new' }
  checkerOf(document, 'Publication').parse(goods)
  const post = { method: 'POST', body: JSON.stringify(goods), headers: { authorization: 'Bearer publish-with-this' } }
  checkerOf(document, 'Published').parse(await read('/templates', post))
  checkerOf(document, 'Problem').parse(await read('/templates', post))
  checkerOf(document, 'Problem').parse(await read('/templates', { method: 'POST', body: '{}' }))
  // The checker is strict: what no schema names is refused.
  expect(checkerOf(document, 'SearchResult').safeParse({ ...(result as Json), more: 1 }).success).toBe(false)
  expect(checkerOf(document, 'SearchResult').safeParse({ ...(result as Json), total_count: '2' }).success).toBe(false)
})
