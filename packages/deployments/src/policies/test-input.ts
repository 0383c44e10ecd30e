import { diffEvaluation, type PolicyDeployment, type PolicyInput } from '@pullwright/core'

/** A deployment that no built-in policy minds, with changes. */
export function inputOf(
  deployment: Partial<PolicyDeployment> = {},
  more: Partial<Omit<PolicyInput, 'deployment'>> = {},
): PolicyInput {
  return {
    deployment: {
      id: 'evt_1',
      project: 'default',
      app: 'support-bot',
      environment: 'production',
      variant: 'v2',
      revision: 15,
      previousRevision: 14,
      commitMessage: 'Shorter answers',
      deployedBy: { id: null, email: 'jane@example.com', name: null },
      config: { model: 'gpt-4o', temperature: 0.5 },
      evaluation: null,
      url: null,
      deployedAt: Date.UTC(2026, 0, 14, 12),
      ...deployment,
    },
    diff: { added: {}, modified: {}, removed: {} },
    evaluation: diffEvaluation(deployment.evaluation ?? null),
    redactions: [],
    history: [],
    repository: { name: 'acme/prompts', visibility: 'private' },
    reviews: null,
    now: Date.UTC(2026, 0, 14, 12),
    ...more,
  }
}
