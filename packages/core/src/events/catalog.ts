import { z } from 'zod'
import { lazy } from '../lazy.ts'
import { builtInEvent, type EventDefinition } from './define-event.ts'
import { deploymentProposed, environmentDeployed } from './environment-deployed.ts'
import { forgeEvents } from './forge-events.ts'

const actor = () =>
  z.union([
    z.string(),
    z.looseObject({ user_id: z.string().optional(), email: z.string().optional(), name: z.string().optional() }),
  ])
const revision = () => z.union([z.number(), z.string()])

const deploymentOutcome = lazy(() =>
  z.looseObject({
    app_name: z.string().min(1),
    environment: z.string().min(1),
    revision: revision().optional(),
    deployment_id: z.string().optional(),
    message: z.string().optional(),
    url: z.string().optional(),
  }),
)
const deploymentExample = { app_name: 'support-bot', environment: 'production', revision: 15, deployment_id: 'dep_42' }

const pullRequest = lazy(() =>
  z.looseObject({
    vcs: z.string(),
    repository: z.string(),
    number: z.number().int(),
    url: z.string(),
    title: z.string().optional(),
    branch: z.string().optional(),
    base: z.string().optional(),
    app_name: z.string().optional(),
    environment: z.string().optional(),
    deployment_event_id: z.string().optional(),
  }),
)
const pullRequestExample = {
  vcs: 'github',
  repository: 'acme/prompts',
  number: 123,
  url: 'https://github.com/acme/prompts/pull/123',
  title: 'Deploy support-bot to production (revision 15)',
  branch: 'pullwright/support-bot/production',
  base: 'main',
  app_name: 'support-bot',
  environment: 'production',
}

const endpoint = lazy(() => z.looseObject({ endpoint_id: z.string(), url: z.string(), reason: z.string().optional() }))
const endpointExample = {
  endpoint_id: 'end_1',
  url: 'https://hooks.example.com/deployments',
  reason: '5 failures in a row',
}

/** Every event Pullwright knows by itself, by type. Hosts add their own with `defineEvent`. */
export const builtInEvents = {
  'environment.deployed': environmentDeployed,
  'deployment.proposed': deploymentProposed,
  'variant.created': builtInEvent(
    'variant.created',
    () =>
      z.looseObject({
        app_name: z.string().min(1),
        variant_name: z.string().min(1),
        app_id: z.string().optional(),
        variant_id: z.string().optional(),
        revision: revision().optional(),
        created_by: actor().optional(),
        commit_message: z.string().nullish(),
        url: z.string().optional(),
      }),
    {
      description: 'Somebody made a new variant of an application.',
      example: { app_name: 'support-bot', variant_name: 'v2-optimized', created_by: 'jane@example.com' },
    },
  ),
  'deployment.requested': builtInEvent(
    'deployment.requested',
    () =>
      deploymentOutcome().extend({
        expected_current_revision: revision().nullish(),
        requested_by: actor().optional(),
        pull_request: pullRequest().optional(),
      }),
    {
      description: 'Somebody asks the host to deploy a revision, such as by merging a proposal.',
      example: deploymentExample,
    },
  ),
  'deployment.succeeded': builtInEvent('deployment.succeeded', deploymentOutcome, {
    description: 'The host says that a deployment is live.',
    example: deploymentExample,
  }),
  'deployment.failed': builtInEvent('deployment.failed', deploymentOutcome, {
    description: 'The host says that a deployment did not go live.',
    example: { ...deploymentExample, message: 'The model is not available in this region' },
  }),
  'deployment.rolled_back': builtInEvent('deployment.rolled_back', deploymentOutcome, {
    description: 'The host went back to an earlier revision.',
    example: { ...deploymentExample, revision: 14 },
  }),
  'policy.blocked': builtInEvent(
    'policy.blocked',
    () =>
      deploymentOutcome().extend({
        policies: z.array(z.looseObject({ policy: z.string(), reason: z.string() })),
        pull_request: pullRequest().optional(),
      }),
    {
      description: 'A policy minds a deployment: its pull request is not merged until a person looked at it.',
      example: {
        ...deploymentExample,
        policies: [{ policy: 'evaluation', reason: 'Worse than before: accuracy (0.94 → 0.9)' }],
      },
    },
  ),
  'deployment.blocked': builtInEvent('deployment.blocked', () => deploymentOutcome().extend({ reason: z.string() }), {
    description: 'What Git asked for was not deployed.',
    example: { ...deploymentExample, reason: 'Revision 16 runs by now, and the proposal expected 14' },
  }),
  'drift.detected': builtInEvent(
    'drift.detected',
    () => deploymentOutcome().extend({ documented_revision: revision().nullish(), repository: z.string().optional() }),
    {
      description: 'What Git documents is not what the host says is deployed.',
      example: { ...deploymentExample, documented_revision: 14, repository: 'acme/prompts' },
    },
  ),
  ...pullRequestEvents({
    opened: 'Pullwright opened a pull request, or a forge says that somebody did.',
    updated: 'Pullwright added a commit to an open pull request, or a forge says that somebody did.',
    merged: 'A pull request was merged.',
    closed: 'A pull request was closed without being merged.',
    labeled: 'A label was added to a pull request.',
    commented: 'Somebody commented on a pull request.',
    reviewed: 'Somebody reviewed a pull request.',
  }),
  ...forgeEvents,
  'webhook.test': builtInEvent('webhook.test', () => z.looseObject({ message: z.string() }), {
    description: 'A test delivery, sent on request to one endpoint.',
    example: { message: 'This is a test delivery from Pullwright' },
  }),
  'endpoint.failing': builtInEvent('endpoint.failing', endpoint, {
    description: 'Deliveries to an endpoint keep failing.',
    example: endpointExample,
  }),
  'endpoint.disabled': builtInEvent('endpoint.disabled', endpoint, {
    description: 'An endpoint was switched off, by a person, by its answer 410, or after failing for long.',
    example: endpointExample,
  }),
  'endpoint.recovered': builtInEvent('endpoint.recovered', endpoint, {
    description: 'An endpoint that failed takes deliveries again.',
    example: endpointExample,
  }),
  'delivery.exhausted': builtInEvent(
    'delivery.exhausted',
    () =>
      z.looseObject({
        delivery_id: z.string(),
        endpoint_id: z.string(),
        event_id: z.string(),
        event_type: z.string(),
        attempts: z.number().int(),
        reason: z.string(),
      }),
    {
      description: 'A delivery was given up after its last retry. It can be replayed.',
      example: {
        delivery_id: 'dlv_1',
        endpoint_id: 'end_1',
        event_id: 'evt_1',
        event_type: 'environment.deployed',
        attempts: 8,
        reason: 'HTTP 503',
      },
    },
  ),
  'credential.expiring': builtInEvent(
    'credential.expiring',
    () =>
      z.looseObject({
        kind: z.string(),
        id: z.string(),
        age_days: z.number().optional(),
        expires_at: z.string().optional(),
      }),
    {
      description: 'A credential or signing secret is old or about to expire.',
      example: { kind: 'endpoint-secret', id: 'end_1', age_days: 90 },
    },
  ),
} as const

export type BuiltInEvents = typeof builtInEvents

type PullRequestVerb = 'opened' | 'updated' | 'merged' | 'closed' | 'labeled' | 'commented' | 'reviewed'
type PullRequestEvents = {
  [Verb in PullRequestVerb as `pull_request.${Verb}`]: EventDefinition<
    `pull_request.${Verb}`,
    ReturnType<typeof pullRequest>
  >
}

function pullRequestEvents(descriptions: Record<PullRequestVerb, string>): PullRequestEvents {
  const entries = Object.entries(descriptions).map(([verb, description]) => {
    const type = `pull_request.${verb}`
    return [type, builtInEvent(type, pullRequest, { description, example: pullRequestExample })]
  })
  return Object.fromEntries(entries) as PullRequestEvents
}
