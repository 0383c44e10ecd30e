import { auditing } from './auditing.ts'
import { cancelling } from './cancelling.ts'
import { claiming } from './claiming.ts'
import { documents } from './documents.ts'
import { followUps } from './follow-ups.ts'
import { forgetting } from './forgetting.ts'
import type { ConformanceCase, StoreHarness } from './harness.ts'
import { json } from './json.ts'
import { keys } from './keys.ts'
import { leases } from './leases.ts'
import { lifecycle } from './lifecycle.ts'
import { ordering } from './ordering.ts'
import { paging } from './paging.ts'
import { pruning } from './pruning.ts'
import { querying } from './querying.ts'
import { receipts } from './receipts.ts'
import { recording } from './recording.ts'
import { redriving } from './redriving.ts'
import { rows } from './rows.ts'
import { type Cases, createScene } from './scene.ts'
import { settling } from './settling.ts'
import { shelves } from './shelves.ts'
import { signals } from './signals.ts'
import { superseding } from './superseding.ts'
import { takingAtOnce } from './taking-at-once.ts'
import { takingSome } from './taking-some.ts'
import { transactions } from './transactions.ts'
import { watching } from './watching.ts'

/**
 * All that a Store promises, case by case, for any test runner: `for (const { name, run } of storeConformance(harness))
 * test(name, run)`. A case fails by throwing. Needs nothing but `node:assert`. A function stands for a harness with no
 * more than `create`.
 */
export function storeConformance(given: StoreHarness | StoreHarness['create']): ConformanceCase[] {
  const harness = typeof given === 'function' ? { create: given } : given
  return Object.entries(GROUPS).flatMap(([group, cases]) =>
    Object.entries(cases).map(([sentence, run]) => ({
      name: `${group}: ${sentence}`,
      async run() {
        const created = await harness.create()
        const { store, close = () => store.close() } = 'store' in created ? created : { store: created }
        try {
          await store.migrate()
          await run(createScene(store, harness))
        } finally {
          await close()
        }
      },
    })),
  )
}

const GROUPS: Readonly<Record<string, Cases>> = {
  recording,
  receipts,
  claiming,
  keys,
  ordering,
  superseding,
  leases,
  'taking at once': takingAtOnce,
  'taking some at once': takingSome,
  settling,
  'follow-ups': followUps,
  signals,
  redriving,
  cancelling,
  querying,
  paging,
  rows,
  documents,
  shelves,
  pruning,
  forgetting,
  auditing,
  json,
  watching,
  transactions,
  lifecycle,
}
