import type { PublishResult, PullRequest } from '../ports/vcs.ts'
import { decide } from './decide.ts'
import { type Job, jobOnBranch } from './job.ts'
import type {
  BranchCommits,
  CreateDecision,
  Decision,
  Evidence,
  ForeignCommit,
  KnownPullRequest,
  PublishState,
  Tip,
  Touch,
  UpdateDecision,
} from './publish-state.ts'
import { conflictResult, unchangedResult } from './results.ts'

/** What an attempt came to: an end, or that somebody else wrote first and the state must be read anew. */
export type Attempt = { kind: 'done'; result: PublishResult } | { kind: 'again'; reason: string }

/** What an adapter does for `publish`: reads what is there, and carries a decision out. */
export interface PublishVerbs<
  J extends Job,
  Open extends KnownPullRequest,
  Merged extends KnownPullRequest,
  S extends PublishState<Open, Merged>,
> {
  /** The forge's name in messages. */
  forge: string
  /** Everything that one or two requests tell; further things only when they are asked for below. */
  read(job: J): Promise<S>
  /** Needed only where `read` leaves files out. */
  readFiles?(job: J, state: S, at: 'base' | 'head'): Promise<NonNullable<Tip['files']>>
  readCommits(job: J, state: S): Promise<BranchCommits>
  /** Which of the foreign commits changed a file of the job; null where none did. */
  readTouches(job: J, state: S, foreign: readonly ForeignCommit[]): Promise<Touch | null>
  create(job: J, state: S, decision: CreateDecision): Promise<Attempt>
  update(job: J, state: S, decision: UpdateDecision<Open>): Promise<Attempt>
  decorate(job: J, state: S, decision: Extract<Decision<Open>, { kind: 'decorate' }>): Promise<Attempt>
  view(job: J, state: S, pullRequest: Open | Merged): PullRequest
  /** Undoes what earlier attempts of this call began. Answers what had to stay, as a sentence, or an empty text. */
  cleanUp?(job: J, state: S): Promise<string>
}

/** Fresh looks after somebody else wrote first; then it is a conflict. */
const MAX_RACES = 1

/** Reads, decides, has it carried out; once more where somebody else wrote meanwhile. All that every forge has in common. */
export async function publish<
  J extends Job,
  Open extends KnownPullRequest,
  Merged extends KnownPullRequest,
  S extends PublishState<Open, Merged>,
>(asked: J, verbs: PublishVerbs<J, Open, Merged, S>): Promise<PublishResult> {
  let job = asked
  for (let races = 0; ; races += 1) {
    const found = await lookAround(job, verbs)
    const { state, decision } = found
    job = found.job
    const attempt = await act(job, state, decision, verbs)
    if (attempt.kind === 'done') return attempt.result
    if (races < MAX_RACES) continue
    const left = (await verbs.cleanUp?.(job, state)) ?? ''
    const reason =
      `Somebody else wrote to ${job.spec.branch} at the same time, twice. Try again. ` +
      `${verbs.forge} says: ${attempt.reason}${left}`
    return conflictResult(state, reason, null)
  }
}

/** What to do here, or on the branch where our pull request is or shall be. */
async function lookAround<
  J extends Job,
  Open extends KnownPullRequest,
  Merged extends KnownPullRequest,
  S extends PublishState<Open, Merged>,
>(asked: J, verbs: PublishVerbs<J, Open, Merged, S>) {
  let job = asked
  // To the branch taken before, and from there to a new one: further no way leads.
  for (let ways = 2; ; ways -= 1) {
    const { state, decision } = await decideReading(job, await verbs.read(job), verbs)
    if (decision.kind !== 'go-to') return { job, state, decision }
    if (ways === 0) {
      const reason = `Neither ${job.requested} nor ${job.spec.branch} can be used. Delete the one of them that is not needed.`
      return { job, state, decision: { kind: 'conflict' as const, reason, pullRequest: null } }
    }
    job = jobOnBranch(job, decision.branch)
  }
}

/** Decides, and reads what it takes. */
async function decideReading<
  J extends Job,
  Open extends KnownPullRequest,
  Merged extends KnownPullRequest,
  S extends PublishState<Open, Merged>,
>(job: J, read: S, verbs: PublishVerbs<J, Open, Merged, S>) {
  let state = read
  const evidence: Evidence = {}
  for (;;) {
    const decision = decide<Open, Merged>(job, state, evidence)
    switch (decision.kind) {
      case 'read-commits':
        evidence.commits = await verbs.readCommits(job, state)
        break
      case 'read-touches':
        evidence.touched = await verbs.readTouches(job, state, decision.foreign)
        break
      case 'read-files': {
        const files = (await verbs.readFiles?.(job, state, decision.at)) ?? new Map<string, null>()
        const tip = state[decision.at]
        state = { ...state, [decision.at]: { ...tip, files } }
        break
      }
      default:
        return { state, decision }
    }
  }
}

type Final<Open extends KnownPullRequest, Merged extends KnownPullRequest> = Exclude<
  Decision<Open, Merged>,
  { kind: 'go-to' | 'read-files' | 'read-commits' | 'read-touches' }
>

async function act<
  J extends Job,
  Open extends KnownPullRequest,
  Merged extends KnownPullRequest,
  S extends PublishState<Open, Merged>,
>(job: J, state: S, decision: Final<Open, Merged>, verbs: PublishVerbs<J, Open, Merged, S>): Promise<Attempt> {
  switch (decision.kind) {
    case 'create':
      return verbs.create(job, state, decision)
    case 'update':
      return verbs.update(job, state, decision)
    case 'decorate':
      return verbs.decorate(job, state, decision)
    case 'unchanged': {
      const { pullRequest, reason } = decision
      const view = pullRequest === null ? null : verbs.view(job, state, pullRequest)
      return { kind: 'done', result: unchangedResult(job, state, view, reason) }
    }
    case 'conflict': {
      await verbs.cleanUp?.(job, state)
      const { pullRequest, reason } = decision
      const view = pullRequest === null ? null : verbs.view(job, state, pullRequest)
      return { kind: 'done', result: conflictResult(state, reason, view) }
    }
  }
}
