import { describe } from 'vitest'
import { cacheStoreContract } from '../contracts/cache-store.ts'

describe('on disk', () => cacheStoreContract('disk'))
describe('in memory', () => cacheStoreContract('memory'))
