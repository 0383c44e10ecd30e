import { z } from 'zod'
import { anyJson, anyObject, listOf, page, pageOf, period, time } from './common.ts'
import { event, eventDetails } from './event.ts'
import { taskDetails } from './work.ts'

export const deploymentPullRequest = z.object({
  vcs: z.string(),
  repository: z.string(),
  number: z.int(),
  url: z.string(),
  outcome: z.string().describe('`created`, `updated` or `unchanged`'),
  steps: anyObject.describe('What became of labels, reviewers, auto-merge and the like'),
})
export const deploymentPullRequests = listOf(deploymentPullRequest)

export const deployment = z.object({
  id: z.string().describe('Of its `environment.deployed` event'),
  project: z.string(),
  app: z.string(),
  environment: z.string(),
  variant: z.string(),
  revision: anyJson,
  deployed_at: time,
  status: z.enum(['running', 'done', 'failed']),
  pull_requests: z.array(deploymentPullRequest),
  time_to_pull_request_ms: z.number().nullable(),
})
export const deploymentPage = pageOf(deployment)
export const deploymentDetails = deployment.extend({
  event: eventDetails,
  events: z.array(event).describe('Everything that followed from it, in order'),
  tasks: z.array(taskDetails),
})

export const deploymentQuery = z.strictObject({
  app: z.string().min(1).optional(),
  environment: z.string().min(1).optional(),
  ...period,
  ...page,
})
