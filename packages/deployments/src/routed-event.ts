import { defineEvent } from '@pullwright/core'
import { z } from 'zod'

const schema = z.strictObject({
  deployment_event_id: z.string(),
  app_name: z.string(),
  environment: z.string(),
  /** A route's id, or `integration:` and the integration's. */
  route: z.string(),
  vcs: z.string(),
  repository: z.string(),
  branch: z.string(),
  /** As the deployment has it, so that the audit log can say for whom it was done. */
  deployed_by: z.json(),
  kind: z.enum(['document', 'propose']),
  /** One pull request at a time for each. */
  key: z.string(),
})

export type RoutedDeployment = z.infer<typeof schema>

/** Between the two halves of the work: a deployment met a route, and a task of its own publishes it. */
export const deploymentRouted = defineEvent('deployment.routed', schema, {
  description: 'A deployment met a route: a pull request will be opened or updated for it.',
  example: {
    deployment_event_id: 'evt_1',
    app_name: 'support-bot',
    environment: 'production',
    deployed_by: 'jane@example.com',
    kind: 'document',
    route: 'integration:int_1',
    vcs: 'github',
    repository: 'acme/prompts',
    branch: 'pullwright/support-bot/production',
    key: '["github","acme/prompts","pullwright/support-bot/production"]',
  },
})
