import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

// Many tests wait for processes and sockets rather than for the processor, so three files at a time do on two cores.
const shared = {
  pool: 'forks',
  // A test that passes waits for none of these. A busy machine takes its time.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // On a busy machine a frame may take long, and where it is there nobody waits for the next look.
  expect: { poll: { timeout: 10_000, interval: 20 } },
  globalSetup: ['test/support/build.ts'],
  env: {
    // The screens are drawn by the React that the built program has; the one for development takes its time.
    NODE_ENV: 'production',
    // Where Ink finds no size it starts two programs to ask for one, at every drawing.
    COLUMNS: '80',
    LINES: '24',
    // Programs that tests start share what was compiled, as those of one person in one home do.
    NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)),
  },
} as const

/** Elements as the built program makes them, for the same React. */
const PLAIN_JSX = { jsx: { development: false } } as const

/**
 * Files that change or watch what belongs to the whole process: its environment, its memory, rejections that nobody
 * took. Each has a process of its own. All others share two: what they test keeps nothing to itself, and loading it
 * again for every file took a tenth of the time.
 */
const APART = [
  'test/bundle/large.test.ts',
  'test/http/{credentials,huge-bodies,signing,trust}.test.ts',
  'test/plugins/hostile.test.ts',
  'test/registries/{faults,git,random-faults}.test.ts',
  'test/screens/flood.test.ts',
]

// Stories run the built program in real terminals. The rest runs the sources, and the built program where it needs a process.
export default defineConfig({
  test: {
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        oxc: PLAIN_JSX,
        test: {
          ...shared,
          name: 'rooms',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: ['test/stories/**', 'test/streaming/**', 'test/bench/**', ...APART],
          isolate: false,
        },
      },
      { oxc: PLAIN_JSX, test: { ...shared, name: 'apart', include: APART } },
      {
        test: {
          ...shared,
          name: 'stories',
          include: ['test/stories/**/*.test.ts'],
          isolate: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'streaming',
          include: ['test/streaming/**/*.test.ts'],
          testTimeout: 300_000,
        },
      },
    ],
  },
})
