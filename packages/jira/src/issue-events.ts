import { defineEvent } from '@pullwright/core'
import { z } from 'zod'

const issue = {
  /** The source that told of it. */
  tracker: z.string(),
  /** Stays the same when the issue moves to another project; `key` does not. */
  id: z.string(),
  key: z.string(),
  url: z.string().optional(),
  project_key: z.string().optional(),
  title: z.string().optional(),
  status: z.string().optional(),
  kind: z.string().optional(),
  labels: z.array(z.string()).optional(),
  assignee: z.string().optional(),
  actor: z.string().optional(),
}

const example = {
  ...{ tracker: 'jira', id: '99291', key: 'SP-12', url: 'https://acme.atlassian.net/browse/SP-12' },
  ...{ project_key: 'SP', title: 'Shorter answers', status: 'In Progress', kind: 'Task', actor: 'Jane Doe' },
}

/** What a tracker tells of its issues. */
export const issueEvents = {
  created: defineEvent('issue.created', z.looseObject(issue), { description: 'An issue was created.', example }),
  updated: defineEvent(
    'issue.updated',
    z.looseObject({
      ...issue,
      /** As people see the values; null where there was or is none. */
      changes: z.array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
    }),
    {
      description: 'An issue was changed: its status, a field, its project.',
      example: { ...example, changes: [{ field: 'status', from: 'To Do', to: 'In Progress' }] },
    },
  ),
  deleted: defineEvent('issue.deleted', z.looseObject(issue), { description: 'An issue was deleted.', example }),
  commented: defineEvent(
    'issue.commented',
    z.looseObject({ ...issue, comment: z.object({ id: z.string(), body: z.string().optional() }) }),
    {
      description: 'Somebody commented on an issue.',
      example: { ...example, comment: { id: '10501', body: 'Looks good to me.' } },
    },
  ),
}
