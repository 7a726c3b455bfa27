import { describe } from 'vitest'
import { cacheStoreContract } from '../contracts/cache-store.ts'

const named = (store: string): [() => string, () => string] => [() => store, () => store]

describe('on disk', () => cacheStoreContract(...named('disk')))
describe('in memory', () => cacheStoreContract(...named('memory')))
