import type { Receipt } from '../ports/store.ts'
import { createDocuments, type MemoryDocuments } from './documents.ts'
import { createQueues, type Queues } from './queues.ts'
import type { StoredEvent, StoredTask } from './records.ts'
import { createSignals, type Signals } from './signals.ts'
import { createSuperseding, type Superseding } from './superseding.ts'

/** What a memory store holds of events and tasks. Only the verbs of this folder see it. */
export interface MemoryState {
  readonly events: Map<string, StoredEvent>
  readonly tasks: Map<string, StoredTask>
  /** By sequence, oldest first. */
  readonly log: { events: StoredEvent[]; tasks: StoredTask[] }
  readonly chains: Map<string, StoredEvent[]>
  /** By project and idempotency key. */
  readonly idempotency: Map<string, StoredEvent>
  /** By source and delivery id, and the last by source and body. */
  readonly receipts: Map<string, Receipt>
  readonly queues: Queues
  readonly superseding: Superseding
  readonly signals: Signals
  /** In the order of claiming. */
  readonly running: Set<StoredTask>
  readonly documents: MemoryDocuments
  readonly sequences: { event: number; task: number; lease: number }
  isEnabled(endpointId: string): boolean
}

export function createState(isEnabled: (endpointId: string) => boolean): MemoryState {
  return {
    events: new Map(),
    tasks: new Map(),
    log: { events: [], tasks: [] },
    chains: new Map(),
    idempotency: new Map(),
    receipts: new Map(),
    queues: createQueues(),
    superseding: createSuperseding(),
    signals: createSignals(),
    running: new Set(),
    documents: createDocuments(),
    sequences: { event: 0, task: 0, lease: 0 },
    isEnabled,
  }
}

/** One text for several parts, whatever is in them. */
export function compose(...parts: string[]): string {
  return JSON.stringify(parts)
}

/** The only way a stored task changes: every index follows. */
export function changeTask(state: MemoryState, task: StoredTask, mutate: () => void): void {
  state.signals.unwatch(task)
  state.queues.change(task, mutate)
  state.signals.watch(task)
  if (task.lease === null) state.running.delete(task)
}
