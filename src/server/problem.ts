import type { Context } from 'hono'

/** Every refusal of the server, with its title; the statuses of its OpenAPI document. */
export const TITLES = {
  400: 'The request cannot be read',
  401: 'Credentials are needed',
  403: 'This is not allowed',
  404: 'Nothing is there',
  406: 'The protocol differs',
  409: 'It is there already',
  413: 'It is too large',
  422: 'What was sent is not right',
  429: 'Too many tries',
  500: 'The registry failed',
} as const
export type Status = keyof typeof TITLES

/** Told of a refusal and its sentence. */
export type OnRefused = (status: Status, detail: string) => void

/** A refusal as problem details (RFC 9457). `detail` is a sentence for people. */
export function problem(
  context: Context,
  status: Status,
  detail: string,
  headers: Record<string, string> = {},
): Response {
  const body = { type: 'about:blank', title: TITLES[status], status, detail }
  return context.body(JSON.stringify(body), status, { ...headers, 'content-type': 'application/problem+json' })
}
