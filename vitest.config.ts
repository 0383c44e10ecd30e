import { defineConfig } from 'vitest/config'

/** Tests read the sources: nothing needs to be built first. */
const conditions = ['@pullwright/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 30_000,
    // Two cores are what continuous integration has; more workers only make timing-sensitive tests wait.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'source',
          setupFiles: ['./test-setup.ts'],
          include: [
            '{packages,examples}/*/{src,test}/**/*.test.ts',
            '{bench,faults}/{src,test}/**/*.test.ts',
            'docs/**/*.test.ts',
            '{scripts,test}/**/*.test.ts',
          ],
          exclude: ['scripts/package-test/**', '**/node_modules/**', '**/dist/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          // Builds and installs every package. Runs last, so that no other test shares the cores with a compiler.
          name: 'packages',
          include: ['scripts/package-test/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
