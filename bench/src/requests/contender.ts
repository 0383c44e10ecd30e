import type { Vcs } from '@pullwright/core'
import { BASE, BRANCH, type Deployment, LABELS, PATH, REPOSITORY, REVIEWER } from './deployment.ts'

/** Somebody who opens pull requests: the same call creates, updates, or finds nothing to do. */
export interface Contender {
  name: string
  /** What it is known to leave out, or to do besides. */
  note?: string
  connect(url: string, token: string): { publish(deployment: Deployment): Promise<void>; close?(): Promise<void> }
}

/** One of our adapters, asked for all that the forge has. */
export function ours(name: string, make: (url: string, token: string) => Vcs, autoMerge: boolean): Contender {
  return {
    name,
    connect(url, token) {
      const vcs = make(url, token)
      return {
        async publish({ title, message, body, content }) {
          const { outcome, reason, steps } = await vcs.publishPullRequest({
            ...{ repository: REPOSITORY, base: BASE, branch: BRANCH, kind: 'document', identity: title },
            ...{ files: [{ path: PATH, content }], commitMessage: message, title, body },
            ...{ labels: LABELS, reviewers: [REVIEWER], ...(autoMerge ? { autoMerge: 'squash' as const } : {}) },
          })
          const failed = Object.values(steps).find(({ status }) => status === 'failed' || status === 'deferred')
          if (outcome === 'conflict' || failed) throw new Error(`${name}: ${reason ?? failed?.error}`)
        },
        close: async () => vcs.close?.(),
      }
    },
  }
}
