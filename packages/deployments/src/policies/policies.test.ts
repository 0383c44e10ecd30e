import type { Policy, PolicyInput, Review } from '@pullwright/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policies } from './policies.ts'
import { inputOf } from './test-input.ts'

async function reasonOf(policy: Policy, input: PolicyInput): Promise<string | null> {
  const said = await policy.check(input)
  return said.verdict === 'pass' ? null : said.reason
}

const approved = (author: string, state: Review['state'] = 'approved'): Review => ({
  ...{ author, state, commit: null, submittedAt: null },
})

describe('evaluation', () => {
  const results = (accuracy: number, previous: number) => ({
    evaluation: { metrics: { accuracy: { value: accuracy, previous, direction: 'higher' } } },
  })

  it('asks for one', async () => {
    expect(await reasonOf(policies.evaluation(), inputOf())).toMatch(/no evaluation/)
  })

  it('minds a metric that is worse, and not one that is better', async () => {
    expect(await reasonOf(policies.evaluation(), inputOf(results(0.9, 0.94)))).toBe(
      'Worse than before: accuracy (0.94 → 0.9)',
    )
    expect(await reasonOf(policies.evaluation(), inputOf(results(0.95, 0.94)))).toBeNull()
  })

  it('lets a metric be worse by the margin', async () => {
    expect(await reasonOf(policies.evaluation({ margin: 0.05 }), inputOf(results(0.9, 0.94)))).toBeNull()
    expect(await reasonOf(policies.evaluation({ margin: 0.04 }), inputOf(results(0.9, 0.94)))).toMatch(/more than 4 %/)
  })

  it('names the metrics that are missing', async () => {
    const policy = policies.evaluation({ metrics: ['accuracy', 'toxicity'] })
    expect(await reasonOf(policy, inputOf(results(0.95, 0.94)))).toBe('The evaluation lacks toxicity')
  })

  it('refuses a margin that is none', () => {
    expect(() => policies.evaluation({ margin: Number.NaN })).toThrow(/margin/)
  })
})

describe('commit-message', () => {
  it('asks for one that says something', async () => {
    expect(await reasonOf(policies.commitMessage(), inputOf({ commitMessage: ' \n ' }))).toMatch(/no commit message/)
    expect(await reasonOf(policies.commitMessage(), inputOf())).toBeNull()
    expect(await reasonOf(policies.commitMessage({ minLength: 40 }), inputOf())).toMatch(/shorter than 40/)
  })

  it('asks for a pattern, and gives the same answer each time', async () => {
    const policy = policies.commitMessage({ pattern: /[A-Z]+-\d+/g })
    for (let time = 0; time < 3; time++) {
      expect(await reasonOf(policy, inputOf({ commitMessage: 'OPS-12: shorter' }))).toBeNull()
    }
    expect(await reasonOf(policy, inputOf())).toMatch(/does not match/)
  })
})

describe('rollback', () => {
  it('asks for a justification when the revision goes down', async () => {
    const back = { revision: 13, previousRevision: 14, commitMessage: 'oops' }
    expect(await reasonOf(policies.rollback(), inputOf(back))).toMatch(/back from revision 14 to 13/)
    expect(await reasonOf(policies.rollback(), inputOf({ ...back, commitMessage: 'Answers were too long' }))).toBeNull()
    expect(await reasonOf(policies.rollback(), inputOf({ commitMessage: '' }))).toBeNull()
  })

  it('knows one also where revisions are names', async () => {
    const history = ['blue', 'green'].map((revision, at) => ({
      id: `evt_${at}`,
      deploymentId: null,
      variant: 'v2',
      revision,
      deployedAt: at,
    }))
    const back = inputOf({ revision: 'green', previousRevision: null, commitMessage: '' }, { history })
    expect(await reasonOf(policies.rollback(), back)).toMatch(/back from revision blue to green/)
    const on = inputOf({ revision: 'red', previousRevision: null, commitMessage: '' }, { history })
    expect(await reasonOf(policies.rollback(), on)).toBeNull()
  })

  it('compares numbers as numbers', async () => {
    const on = inputOf({ revision: 'v10', previousRevision: 'v9', commitMessage: '' })
    expect(await reasonOf(policies.rollback(), on)).toBeNull()
  })
})

describe('no-secrets', () => {
  it('minds one in the configuration and says where', async () => {
    const redactions = [
      { path: 'config.connection.api_key', detector: 'key:api_key' },
      { path: 'commit_message', detector: 'jwt' },
    ]
    const said = await policies.noSecrets().check(inputOf({}, { redactions }))
    expect(said).toMatchObject({ verdict: 'block', reason: expect.stringContaining('connection.api_key') })
    expect(said).toMatchObject({ remarks: [{ path: 'connection.api_key' }] })
    const except = ['connection.api_key']
    expect(await reasonOf(policies.noSecrets({ except }), inputOf({}, { redactions }))).toBeNull()
  })
})

describe('allowed-models', () => {
  const policy = policies.allowedModels({ models: ['gpt-4o*'] })

  it('finds models wherever they are', async () => {
    const config = { prompt: { llm_config: { Model: 'gpt-3.5-turbo' } }, fallbackModels: ['gpt-4o-mini', 'llama-3'] }
    const said = await policy.check(inputOf({ config }))
    expect(said).toMatchObject({
      reason: 'Not allowed here: gpt-3.5-turbo, llama-3',
      remarks: [{ path: 'prompt.llm_config.Model' }, { path: 'fallbackModels' }],
    })
    expect(await reasonOf(policy, inputOf())).toBeNull()
  })

  it('wants some to be named', () => {
    expect(() => policies.allowedModels({ models: [] })).toThrow(/name some/)
  })
})

describe('temperature', () => {
  const policy = policies.temperature({ maxChange: 0.2 })
  const changed = (old: number, fresh: number) =>
    inputOf({}, { diff: { added: {}, modified: { 'llm_config.temperature': { old, new: fresh } }, removed: {} } })

  it('minds a step that is too large, and takes one that is just so large', async () => {
    expect(await reasonOf(policy, changed(0.5, 0.9))).toBe('llm_config.temperature goes from 0.5 to 0.9')
    expect(await reasonOf(policy, changed(0.7, 0.9))).toBeNull()
    expect(await reasonOf(policy, changed(0.9, 0.7))).toBeNull()
  })
})

describe('private-repository', () => {
  it('minds a public one, and one that does not tell', async () => {
    const at = (visibility: 'public' | 'internal' | null) =>
      reasonOf(policies.privateRepository(), inputOf({}, { repository: { name: 'acme/prompts', visibility } }))
    expect(await at('public')).toMatch(/is public/)
    expect(await at(null)).toMatch(/does not tell/)
    expect(await at('internal')).toBeNull()
  })
})

describe('four-eyes', () => {
  const loginOf = () => 'Jane'

  it('does not count the deployer', async () => {
    const policy = policies.fourEyes({ loginOf })
    expect(await reasonOf(policy, inputOf({}, { reviews: [] }))).toMatch(/0 of 1 by people other than Jane/)
    expect(await reasonOf(policy, inputOf({}, { reviews: [approved('jane')] }))).toMatch(/0 of 1/)
    expect(await reasonOf(policy, inputOf({}, { reviews: [approved('jane'), approved('rita')] }))).toBeNull()
    expect(await reasonOf(policy, inputOf({}, { reviews: [approved('rita', 'changes_requested')] }))).toMatch(/0 of 1/)
  })

  it('asks for two where the deployer is not known', async () => {
    const policy = policies.fourEyes({ loginOf: async () => null })
    expect(await reasonOf(policy, inputOf({}, { reviews: [approved('rita')] }))).toMatch(/1 of 2/)
    expect(await reasonOf(policy, inputOf({}, { reviews: [approved('rita'), approved('joe')] }))).toBeNull()
  })

  it('never lets the deployer alone decide', async () => {
    const people = fc.array(fc.constantFrom('jane', 'JANE', 'Jane'))
    await fc.assert(
      fc.asyncProperty(people, async (authors) => {
        const reviews = authors.map((author) => approved(author))
        expect(await reasonOf(policies.fourEyes({ loginOf }), inputOf({}, { reviews }))).not.toBeNull()
        expect(await reasonOf(policies.fourEyes(), inputOf({}, { reviews }))).not.toBeNull()
      }),
    )
  })
})

describe('freeze-windows', () => {
  it('knows a window from one moment to another', async () => {
    const policy = policies.freezeWindows({
      windows: [{ from: '2026-12-20T00:00:00Z', to: '2027-01-02T00:00:00Z', reason: "year's end" }],
    })
    const at = (deployedAt: number) => reasonOf(policy, inputOf({ deployedAt }))
    expect(await at(Date.UTC(2026, 11, 24))).toBe("Deployed during a freeze (year's end)")
    expect(await at(Date.UTC(2026, 11, 20))).not.toBeNull()
    expect(await at(Date.UTC(2027, 0, 2))).toBeNull()
  })

  it('knows a weekly window in its time zone, in summer and in winter', async () => {
    const policy = policies.freezeWindows({
      windows: [{ days: ['fri'], from: '16:00', timeZone: 'Europe/Berlin' }],
    })
    const at = (text: string) => reasonOf(policy, inputOf({ deployedAt: Date.parse(text) }))
    expect(await at('2026-07-17T14:00:00Z')).toMatch(/fri 16:00 to 24:00 Europe\/Berlin/)
    expect(await at('2026-07-17T13:59:00Z')).toBeNull()
    expect(await at('2026-01-16T14:30:00Z')).toBeNull()
    expect(await at('2026-01-16T15:00:00Z')).not.toBeNull()
    expect(await at('2026-01-16T23:00:00Z')).toBeNull()
  })

  it.each([
    [{ from: '2026-12-20', to: '2026-12-21T00:00:00Z' }, /offset/],
    [{ from: '2026-12-22T00:00:00Z', to: '2026-12-21T00:00:00Z' }, /ends before/],
    [{ days: ['fri' as const], from: '16:99' }, /such as 16:00/],
    [{ days: ['fri' as const], from: '22:00', to: '06:00' }, /past midnight/],
    [{ days: ['fri' as const], timeZone: 'Berlin' }, /IANA/],
    [{ days: [] }, /must be of/],
  ])('refuses %j', (window, says) => {
    expect(() => policies.freezeWindows({ windows: [window] })).toThrow(says)
  })
})

describe('every policy', () => {
  it('is silent outside its scope, and only warns where it is told to', async () => {
    const bad = inputOf({ commitMessage: '' })
    expect(await reasonOf(policies.commitMessage({ environments: ['staging'] }), bad)).toBeNull()
    expect(await reasonOf(policies.commitMessage({ environments: ['prod*'] }), bad)).not.toBeNull()
    expect(await policies.commitMessage({ level: 'warn' }).check(bad)).toMatchObject({ verdict: 'warn' })
  })
})
