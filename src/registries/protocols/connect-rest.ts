import { isMarketError, reasonOf, registryAnswer } from '../../model/errors.ts'
import { withoutEnd } from '../../model/text.ts'
import type { RegistryEntry } from '../../model/registry-entry.ts'
import type { HttpRequest } from '../../http/http.ts'
import { Members } from '../shapes/members.ts'
import { parseJson } from '../shapes/parse-text.ts'
import type { Call, Connection, Maybe, ProtocolTools } from '../registry.ts'
import { converse, valueOf, type Wire, type Wired } from './converse.ts'
import { fetchArtifact } from './fetch-artifact.ts'
import { validatorHeader } from './validator-header.ts'
import { restQuery } from './rest-query.ts'

/** Conversation with one registry: paths below `/api/v1`, JSON answers, "not modified" to a validator. */
function openPaths(entry: RegistryEntry, tools: ProtocolTools) {
  const prefix = /\/api\/v1\/?$/.test(entry.url) ? '' : '/api/v1'
  return async (path: string, request: Omit<HttpRequest, 'url'>, call: Call, known?: string): Promise<Maybe<Wired>> => {
    const answer = await tools.http.request({
      ...request,
      url: `${withoutEnd(entry.url, '/')}${prefix}${path}`,
      ...(known === undefined ? {} : { headers: validatorHeader(known) }),
      ...(call.signal ? { signal: call.signal } : {}),
    })
    if (answer.status === 304) return 'not-modified'
    if (answer.text.trim() === '') throw registryAnswer(entry.name, 'it is empty')
    try {
      const validator = answer.validator === undefined ? {} : { validator: answer.validator }
      return { value: parseJson(answer.text, path), ...validator }
    } catch (error) {
      const why = /^\s*</.test(answer.text) ? 'it is a web page, not a registry' : reasonOf(error).replace(/\.$/, '')
      throw registryAnswer(entry.name, why, error)
    }
  }
}

const isMissing = (error: unknown): boolean => isMarketError(error) && error.details['status'] === 404

/** The questions of the protocol as paths. */
const wireOf = (ask: ReturnType<typeof openPaths>, registry: string): Wire => ({
  search: (query, offset, { call, validator }) =>
    ask('/search', { kind: 'search', query: restQuery(query, offset) }, call, validator),
  async template(name, version, { call, validator }) {
    try {
      const query: [string, string][] = version === undefined ? [] : [['version', version]]
      return await ask(`/templates/${encodeURIComponent(name)}`, { kind: 'metadata', query }, call, validator)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  },
  categories: async (call) => valueOf(await ask('/categories', { kind: 'catalog' }, call), registry),
})

/** Connects to a registry that speaks the protocol of our own server and of the source document. */
export function connectRest(entry: RegistryEntry, tools: ProtocolTools): Connection {
  const ask = openPaths(entry, tools)
  return {
    ...converse(wireOf(ask, entry.name), entry),
    async publish(body, call) {
      const request = {
        method: 'POST',
        kind: 'publish',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      } as const
      const answer = new Members(valueOf(await ask('/templates', request, call), entry.name), 'answer')
      const url = answer.text('url')
      const message = answer.text('message')
      return { ...(url === undefined ? {} : { url }), ...(message === undefined ? {} : { message }) }
    },
    fetch: (artifact, into, call) =>
      fetchArtifact(artifact, into, call, { registry: entry.name, home: entry.url, tools }),
  }
}
