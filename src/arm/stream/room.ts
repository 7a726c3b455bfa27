import { freemem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import type { Room } from './chunk-size.ts'

/** The memory of this machine and of this process. */
export const memoryRoom = (): Room => ({ heapBytes: getHeapStatistics().heap_size_limit, freeBytes: freemem() })
