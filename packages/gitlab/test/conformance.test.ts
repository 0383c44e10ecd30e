import { vcsConformance } from '@pullwright/testkit'
import { test } from 'vitest'
import { gitlabHarness } from './conformance-harness.ts'

for (const { name, run } of vcsConformance(gitlabHarness)) {
  test(name, async ({ skip }) => {
    const outcome = await run()
    if (outcome.status === 'skipped') skip(`no ${outcome.lacking.join(', ')}`)
  })
}
