import { expect, it } from 'vitest'
import { readHostile, SAMPLES } from '../support/hostile-goods.ts'
import { mutateText, seededRandom } from '../support/mutate.ts'

it.each(SAMPLES)('%s, changed at random, is read or refused, and nothing in it acts on a terminal', (name, text) => {
  expect(readHostile(name, text)).toBeUndefined()
  const random = seededRandom(20)
  for (let nth = 0; nth < 150; nth++) {
    const changed = mutateText(text, random)
    expect(readHostile(name, changed), changed).toBeUndefined()
  }
})

it('a name in a list of services cannot act on a terminal', () => {
  const text = 'name: n\ndescription: d\nbase: b\nservices: ["\\e]52;c;aGk=\\a"]\n'
  expect(readHostile('environment.yaml', text)).toBeUndefined()
})
