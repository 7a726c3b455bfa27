import { defineConfig } from 'vitest/config'

// Most tests wait for processes and sockets rather than for the processor, so two files at a time do on one core, too.
const shared = { pool: 'forks', testTimeout: 20_000, hookTimeout: 30_000 } as const

// Stories run the built program in real terminals. The rest runs the sources, and the built program where it needs a process.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'rooms',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: ['test/stories/**', 'test/streaming/**', 'test/bench/**'],
          globalSetup: ['test/support/build.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'stories',
          include: ['test/stories/**/*.test.ts'],
          globalSetup: ['test/support/build.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'streaming',
          include: ['test/streaming/**/*.test.ts'],
          globalSetup: ['test/support/build.ts'],
          testTimeout: 300_000,
        },
      },
    ],
  },
})
