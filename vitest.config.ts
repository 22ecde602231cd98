import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/properties.ts'],
    testTimeout: 60_000,
    // Half of what a test does is to wait for another process.
    maxWorkers: 2,
    hookTimeout: 60_000,
  },
})
