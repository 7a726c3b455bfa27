import { z } from 'zod'
import { TITLES, type Status } from './problem.ts'
import { SCHEMAS } from './wire-schemas.ts'

type Json = Record<string, unknown>

const ref = (name: keyof typeof SCHEMAS): Json => ({ $ref: `#/components/schemas/${name}` })
const json = (name: keyof typeof SCHEMAS, description: string): Json => ({
  description,
  content: { 'application/json': { schema: ref(name) } },
})
const refusals = (...statuses: Status[]): Json =>
  Object.fromEntries(
    statuses.map((status) => [
      String(status),
      { description: TITLES[status], content: { 'application/problem+json': { schema: ref('Problem') } } },
    ]),
  )
const query = (name: string, schema: Json, description: string): Json => ({ name, in: 'query', schema, description })
const text = { type: 'string' }
const NAME: Json = { name: 'name', in: 'path', required: true, schema: text }
const VERSION = query('version', text, 'this version instead of the newest')
const NOT_MODIFIED = { description: 'Nothing changed since the ETag that was sent' }
const ARCHIVE = { 'application/zip': { schema: { type: 'string', format: 'binary' } } }

const paths: Json = {
  '/api/v1/search': {
    get: {
      operationId: 'search',
      summary: 'Search the items',
      parameters: [
        query('q', text, 'words to look for, as the search of the program reads them'),
        { ...query('category', { type: 'array', items: text }, 'any of these'), style: 'form', explode: true },
        query('verified', { type: 'boolean' }, 'only verified ones'),
        query(
          'sort_by',
          { type: 'string', enum: ['relevance', 'name', 'rating', 'popularity', 'updated'] },
          'order; relevance when left out',
        ),
        query('sort_order', { type: 'string', enum: ['asc', 'desc'] }, 'direction'),
        query('limit', { type: 'integer', minimum: 0, maximum: 1000 }, 'most items; 50 when left out'),
        query('offset', { type: 'integer', minimum: 0 }, 'items to pass over'),
      ],
      responses: { '200': json('SearchResult', 'A page of items'), '304': NOT_MODIFIED, ...refusals(500) },
    },
  },
  '/api/v1/categories': {
    get: {
      operationId: 'categories',
      summary: 'List the categories',
      responses: { '200': json('Categories', 'Every category with its items counted'), '304': NOT_MODIFIED },
    },
  },
  '/api/v1/templates/{name}': {
    get: {
      operationId: 'template',
      summary: 'Show one item',
      parameters: [NAME, VERSION],
      responses: { '200': json('Template', 'The item'), '304': NOT_MODIFIED, ...refusals(400, 404) },
    },
  },
  '/api/v1/templates/{name}/download': {
    get: {
      operationId: 'download',
      summary: 'Fetch the packed item, or a range of it',
      parameters: [NAME, VERSION],
      responses: {
        '200': { description: 'The archive', content: ARCHIVE },
        '206': { description: 'A part of it', content: ARCHIVE },
        '304': NOT_MODIFIED,
        '416': { description: 'There is no such range' },
        ...refusals(400, 404),
      },
    },
  },
  '/api/v1/templates': {
    post: {
      operationId: 'publish',
      summary: 'Publish a version',
      security: [{ token: [] }],
      requestBody: { required: true, content: { 'application/json': { schema: ref('Publication') } } },
      responses: {
        '201': json('Published', 'It is published and can be found at once'),
        ...refusals(400, 401, 403, 409, 413, 422, 429),
      },
    },
  },
}

/** The OpenAPI 3.0 document of this server; its schemas are those of `wire-schemas.ts`. */
export const openApiDocument = (): Json => ({
  openapi: '3.0.0',
  info: { title: 'Souk Template Registry API', version: '1.0.0', license: { name: 'MIT' } },
  servers: [{ url: '/' }],
  paths,
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: Object.fromEntries(
      Object.entries(SCHEMAS).map(([name, schema]) => [name, z.toJSONSchema(schema, { target: 'openapi-3.0' })]),
    ),
  },
})
