import { defineConfig } from 'vitest/config'

const shared = { pool: 'forks', testTimeout: 20_000, hookTimeout: 30_000 } as const

// Stories run the built program in real terminals; the rest runs the sources and needs no build.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'rooms',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: ['test/stories/**', 'test/streaming/**', 'test/bench/**'],
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
