import { append, writeDocument } from './append.ts'
import { claim } from './claim.ts'
import { cancel, forget, historyLock, prune, redrive, tasksOf } from './history.ts'
import { claimKeyed, isSuperseded, keyLock, promote } from './keys.ts'
import { arrivals, nextDue, serves, takeOver } from './lines.ts'
import { lockRuns, settle, settleWith, signalLock, taskRows, wake } from './settle.ts'
import { tables } from './tables.ts'

/** In the order of creation. */
export const first: readonly string[] = [
  tables,
  taskRows,
  writeDocument,
  append,
  keyLock,
  promote,
  isSuperseded,
  serves,
  arrivals,
  takeOver,
  claimKeyed,
  claim,
  nextDue,
  signalLock,
  lockRuns,
  settle,
  settleWith,
  wake,
  historyLock,
  cancel,
  tasksOf,
  prune,
  forget,
  redrive,
]
