import type { Policy, Vcs } from '@pullwright/core'
import { z } from 'zod'

const flag = z.boolean().optional()
const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional()
const list = z.array(z.string().min(1)).optional()
const merging = z.union([z.boolean(), z.enum(['merge', 'squash', 'rebase'])])
const text = z.string().min(1).optional()

/** Unknown members are refused: a misspelt rule must not be silent. */
export const routeSchema = z.strictObject({
  vcs: z.union([z.string().min(1), z.custom<Vcs>((value) => typeof (value as Vcs)?.publishPullRequest === 'function')]),
  repository: z.string().regex(/^[^\s/]+(\/[^\s/]+)+$/, 'must be `owner/name`'),
  base: text,
  when: z.strictObject({ project: names, app: names, environment: names }).optional(),
  pullRequest: z.boolean().optional(),
  path: text,
  format: z.enum(['json', 'yaml']).optional(),
  branch: text,
  strategy: z.enum(['update', 'separate']).optional(),
  title: text,
  template: text,
  labels: list,
  reviewers: list,
  teamReviewers: list,
  assignees: list,
  draft: z.boolean().optional(),
  autoMerge: z.union([merging, z.record(z.string().min(1), merging)]).optional(),
  onForeignCommits: z.enum(['append', 'fail', 'new-branch']).optional(),
  policies: z.array(z.custom<Policy>(isPolicy, 'must be { name, check }')).optional(),
  report: z.strictObject({ check: flag, deployment: flag, comment: flag, issue: flag }).optional(),
  include: z
    .strictObject({ config: z.boolean().optional(), diff: z.boolean().optional(), only: list, except: list })
    .optional(),
  redact: list,
  pseudonymise: z.boolean().optional(),
  requirePrivate: z.boolean().optional(),
  links: text,
})

/** Lower case letters, digits and `-`, and a function. */
export function isPolicy(value: unknown): boolean {
  const { name, check } = (value ?? {}) as Partial<Policy>
  return typeof name === 'string' && /^[a-z][a-z0-9-]*$/.test(name) && typeof check === 'function'
}
