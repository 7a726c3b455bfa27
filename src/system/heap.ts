/** How this process deals with its memory; it holds for the process as a whole. */
export interface Heap {
  /**
   * Gives back what a start left behind, once, when the list is drawn and its words are read: 30 MB that V8 would
   * otherwise keep for as long as nothing else wants them.
   */
  collectStart(): void
  /**
   * Has V8 collect often rather than let the heap grow: a sitting lasts long and most of what a key makes is garbage at
   * once. After a thousand keys over 10,000 items it is 130 MB instead of 200, and no key is slower.
   */
  save(): void
}

const v8 = (): typeof import('node:v8') => process.getBuiltinModule('node:v8')

export const nodeHeap: Heap = {
  collectStart() {
    v8().setFlagsFromString('--expose-gc')
    const collect: unknown = process.getBuiltinModule('node:vm').runInNewContext('globalThis.gc')
    v8().setFlagsFromString('--no-expose-gc')
    if (typeof collect === 'function') collect({ flavor: 'last-resort' })
  },
  save() {
    v8().setFlagsFromString('--optimize-for-size')
  },
}
