import type { AnyEventDefinition } from '../events/define-event.ts'
import type { JsonValue } from '../json.ts'
import type { Logger } from '../ports/logger.ts'
import type { FollowUpOptions, Handler, HandlerContext, Outcome, VcsLookup } from '../ports/plugin.ts'
import type { Policy } from '../ports/policy.ts'
import type { ClaimedTask, Store } from '../ports/store.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { Accept, Incoming } from './accept.ts'
import { checkOutcome } from './judge.ts'
import { checkName } from './names.ts'
import { notedVcs } from './noted-vcs.ts'
import { pastDeployments } from './past-deployments.ts'
import { pluginBlobs, pluginDocuments } from './plugin-storage.ts'
import { pseudonymKey } from './pseudonyms.ts'
import { searchEvents } from './search-events.ts'
import { createSteps, type StepMemory } from './steps.ts'
import { originOf } from './system-key.ts'

export interface HandlerParts {
  check: Accept['check']
  store: Store
  box: SecretBox | undefined
  /** Refuses with advice where there is no key. */
  requireBox: () => SecretBox
  vcs: VcsLookup
  /** Hides secrets. */
  redact: <T>(value: T) => T
  policies: readonly Policy[]
  log: Logger
  now: () => number
  stepMemory: StepMemory
  hashKey: () => Promise<Buffer>
}

export interface HandlerRun {
  outcome: Outcome
  /** What the run emitted; recorded with its settlement unless it is to be repeated. */
  followUps: Incoming[]
  progress: string | null
}

/** One run of a plugin's handler on one claimed task. An exception is the caller's to judge. */
export async function runHandler(
  plugin: string,
  handler: Handler,
  claimed: ClaimedTask,
  signal: AbortSignal,
  parts: HandlerParts,
): Promise<HandlerRun> {
  const run: { followUps: Incoming[]; progress: string | null; over: boolean } = {
    followUps: [],
    progress: null,
    over: false,
  }
  try {
    const hashKey = await parts.hashKey()
    const outcome = await handler.run(contextOf(plugin, claimed, signal, { ...parts, hashKey }, run))
    const { target } = claimed.task
    const name = target.kind === 'handler' ? target.handler : plugin
    return { outcome: checkOutcome(name, outcome), followUps: run.followUps, progress: run.progress }
  } finally {
    run.over = true
  }
}

function contextOf(
  plugin: string,
  claimed: ClaimedTask,
  signal: AbortSignal,
  parts: Omit<HandlerParts, 'hashKey'> & { hashKey: Buffer },
  run: { followUps: Incoming[]; progress: string | null; over: boolean },
): HandlerContext {
  const { event, task } = claimed
  const { store, now } = parts
  return {
    event,
    attempt: task.attempts + 1,
    origin: originOf(parts.hashKey),
    signal,
    now,
    log: parts.log,
    vcs: notedVcs(event, parts),
    documents: pluginDocuments(store, event.project, plugin, now),
    blobs: pluginBlobs(store, event.project, plugin, now),
    secrets: { seal: (text) => parts.requireBox().seal(text), open: (text) => parts.requireBox().open(text) },
    step: createSteps(claimed, parts),
    find: (eventId) => store.query.event(eventId, event.project),
    policies: parts.policies,
    history: (of) => pastDeployments(store, event, of),
    events: (search) => searchEvents(store, event.project, search),
    integrations: () => store.integrations.list({ project: event.project }),
    redact: parts.redact,
    pseudonymKey: pseudonymKey(parts.hashKey, event.project),
    emit(type: string | AnyEventDefinition, data: JsonValue, options: FollowUpOptions = {}) {
      if (run.over) throw new Error('This run is over: nothing it emits now would be recorded')
      if (options.idempotencyKey !== undefined) checkName('idempotencyKey', options.idempotencyKey)
      run.followUps.push({
        ...parts.check(type, data),
        project: event.project,
        source: plugin,
        subject: event.subject ?? undefined,
        cause: { event, taskId: task.id },
        ...options,
      })
    },
    wake: (name) => store.wake(name, now()),
    progress(text) {
      run.progress = text
    },
    done: (result) => (result === undefined ? { kind: 'done' } : { kind: 'done', result }),
    retry: (options = {}) => ({ kind: 'retry', ...options }),
    wait: (options) => ({ kind: 'wait', ...options }),
    dead: (reason) => ({ kind: 'dead', reason }),
  }
}
