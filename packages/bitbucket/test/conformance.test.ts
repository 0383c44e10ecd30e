import { vcsConformance } from '@pullwright/testkit'
import { test } from 'vitest'
import { bitbucketHarness } from './conformance-harness.ts'

for (const { name, run } of vcsConformance(bitbucketHarness)) {
  test(name, async ({ skip }) => {
    const outcome = await run()
    if (outcome.status === 'skipped') skip(`no ${outcome.lacking.join(', ')}`)
  })
}
