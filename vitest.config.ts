import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@pullwright/source'] },
  ssr: { resolve: { conditions: ['@pullwright/source'] } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 30_000,
  },
})
