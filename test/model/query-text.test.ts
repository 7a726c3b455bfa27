import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatQueryText, parseQueryText } from '../../src/model/query-text.ts'

describe('the line in the search box', () => {
  it('reads filters, words to keep out and plain words from one line', () => {
    expect(parseQueryText('cat:ml licence:"Apache 2" verified:true is:installed !beta vector store')).toEqual({
      text: 'vector store',
      filters: { category: ['ml'], license: ['Apache 2'], verified: ['true'] },
      exclude: ['beta'],
      installedOnly: true,
    })
  })

  it('leaves addresses, unknown keys and half-typed filters as they are', () => {
    expect(parseQueryText('https://x.org').text).toBe('https://x.org')
    expect(parseQueryText('__proto__:x constructor:y').filters).toEqual({})
    expect(parseQueryText('"category:ml"')).toMatchObject({ text: 'category:ml', filters: {} })
    expect(parseQueryText('tag:"open').filters).toEqual({ tag: ['open'] })
  })

  it('means the same after being written back, whatever was typed', () => {
    const part = fc.constantFrom('tag:', 'lang:', 'is:installed', '!', '"', ' ', 'a b', 'x', ':', 'kind:"', 'é')
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 5 })), { maxLength: 12 }), (parts) => {
        const typed = parseQueryText(parts.join(''))
        expect(parseQueryText(formatQueryText(typed))).toEqual(typed)
      }),
    )
  })
})
