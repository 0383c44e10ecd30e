import type { JsonObject } from '../json.ts'
import type { CommentResult, PublishResult, Vcs } from '../ports/vcs.ts'
import type { CheckResult, IssueResult } from '../ports/vcs-facets.ts'

/** One write to a forge, as it ended. */
export interface ForgeNote {
  /** `vcs.` and the verb. */
  action: string
  /** The repository, and the number of a pull request where there is one. */
  target: string
  result: 'ok' | 'failed'
  details: JsonObject
}

/** `via` in the details is the credential: the adapter's name, or the integration's id. What changed nothing is not noted. */
export function auditedVcs(vcs: Vcs, credential: string, note: (note: ForgeNote) => Promise<void>): Vcs {
  const { checks, reviews, deployments, issues } = vcs
  return {
    ...vcs,
    publishPullRequest: (spec, options) =>
      noted(
        'publishPullRequest',
        spec.repository,
        { branch: spec.branch, kind: spec.kind },
        () => vcs.publishPullRequest(spec, options),
        publishFacts,
      ),
    mergePullRequest: (at, request, options) =>
      noted(
        'mergePullRequest',
        numbered(at),
        { head: request.expectedHead },
        () => vcs.mergePullRequest(at, request, options),
        ({ merged, commit }) => ({ merged, commit }),
      ),
    closePullRequest: (at, options) =>
      noted('closePullRequest', numbered(at), {}, () => vcs.closePullRequest(at, options)),
    editLabels: (at, labels, options) =>
      noted('editLabels', numbered(at), { add: labels.add ?? [], remove: labels.remove ?? [] }, () =>
        vcs.editLabels(at, labels, options),
      ),
    upsertComment: (at, comment, options) =>
      noted(
        'upsertComment',
        numbered(at),
        { marker: comment.marker },
        () => vcs.upsertComment(at, comment, options),
        upsertFacts,
      ),
    setStatus: (repository, sha, status, options) =>
      noted('setStatus', repository, { sha, context: status.context, state: status.state }, () =>
        vcs.setStatus(repository, sha, status, options),
      ),
    ...(checks && {
      checks: {
        ...checks,
        upsert: (repository, sha, check, options) =>
          noted(
            'checks.upsert',
            repository,
            { sha, name: check.name, state: check.state },
            () => checks.upsert(repository, sha, check, options),
            upsertFacts,
          ),
      },
    }),
    ...(reviews && {
      reviews: {
        ...reviews,
        request: (at, people, options) =>
          noted('reviews.request', numbered(at), { reviewers: [...people] }, () =>
            reviews.request(at, people, options),
          ),
      },
    }),
    ...(deployments && {
      deployments: {
        record: (repository, deployment, options) =>
          noted('deployments.record', repository, { sha: deployment.sha, environment: deployment.environment }, () =>
            deployments.record(repository, deployment, options),
          ),
        setStatus: (repository, id, status, options) =>
          noted('deployments.setStatus', repository, { id, state: status.state }, () =>
            deployments.setStatus(repository, id, status, options),
          ),
      },
    }),
    ...(issues && {
      issues: {
        ...issues,
        upsert: (repository, issue, options) =>
          noted(
            'issues.upsert',
            repository,
            { marker: issue.marker },
            () => issues.upsert(repository, issue, options),
            upsertFacts,
          ),
      },
    }),
  }

  async function noted<T>(
    verb: string,
    target: string,
    asked: JsonObject,
    work: () => Promise<T>,
    factsOf: (result: T) => JsonObject | null = () => ({}),
  ): Promise<T> {
    const about = { action: `vcs.${verb}`, target }
    let result: T
    try {
      result = await work()
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      await note({ ...about, result: 'failed', details: { ...asked, vcs: vcs.name, via: credential, error: message } })
      throw error
    }
    const facts = factsOf(result)
    if (facts !== null)
      await note({ ...about, result: 'ok', details: { ...asked, vcs: vcs.name, via: credential, ...facts } })
    return result
  }
}

function numbered({ repository, number }: { repository: string; number: number }): string {
  return `${repository}#${number}`
}

function publishFacts({ outcome, pullRequest, commit }: PublishResult): JsonObject | null {
  return outcome === 'unchanged' ? null : { outcome, url: pullRequest?.url ?? null, commit }
}

function upsertFacts({ outcome }: CommentResult | CheckResult | IssueResult): JsonObject | null {
  return outcome === 'unchanged' ? null : { outcome }
}
