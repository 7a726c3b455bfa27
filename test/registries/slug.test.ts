import { assert, constantFrom, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { slugOf } from '../../src/registries/shapes/members.ts'

test('a name made strict is a strict name, and stays as it is when it is made strict again', () => {
  const text = string({ unit: constantFrom('a', 'Z', '0', '-', '.', '_', ' ', 'é', 'ß', '/'), maxLength: 12 })
  assert(
    property(text, (one) => {
      const slug = slugOf(one)
      if (slug === undefined) return
      expect(slug).toMatch(/^[a-z0-9]/)
      expect(slug).not.toMatch(/--|[^a-z0-9._-]|[-.]$/)
      expect(slugOf(slug)).toBe(slug)
    }),
  )
})

test.each([
  ['web-app', 'web-app'],
  ['Web App', 'web-app'],
  ['a--b', 'a-b'],
  ['-web_app.-', 'web_app'],
  ['Café', 'cafe'],
  ['///', undefined],
])('%s becomes %s', (text, slug) => {
  expect(slugOf(text)).toBe(slug)
})
