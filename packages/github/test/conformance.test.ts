import { vcsConformance } from '@pullwright/testkit'
import { test } from 'vitest'
import { githubHarness } from './conformance-harness.ts'

for (const { name, run } of vcsConformance(githubHarness)) {
  test(name, async ({ skip }) => {
    const outcome = await run()
    if (outcome.status === 'skipped') skip(`no ${outcome.lacking.join(', ')}`)
  })
}
