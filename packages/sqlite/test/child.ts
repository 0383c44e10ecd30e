import { sqlite } from '../src/index.ts'
import { type Claims, type Command, type Progress, recordingOf } from './child-work.ts'
import { claimRequest, NOW } from './sample.ts'

/** A process of its own, told what to do by its parent, which it tells what it has done. */
const [file = '', command] = process.argv.slice(2) as [string, Command]
const store = sqlite({ file })

const tell = (message: Progress | Claims) => new Promise<void>((resolve) => process.send?.(message, () => resolve()))

/** Starts at the same moment as its siblings. */
async function untilTold(): Promise<void> {
  await tell({ ready: true })
  await new Promise((resolve) => process.once('message', resolve))
}

const COMMANDS: Readonly<Record<Command, () => Promise<void>>> = {
  async migrate() {
    await untilTold()
    await store.migrate()
    await store.append(recordingOf(`m${process.pid}`, null))
  },
  async claim() {
    await store.migrate()
    await untilTold()
    const ids: string[] = []
    for (;;) {
      const claimed = await store.claim(claimRequest({ worker: `w${process.pid}`, limit: 5 }))
      if (claimed.length === 0) break
      ids.push(...claimed.map(({ task }) => task.id))
      const transition = { status: 'done', result: process.pid } as const
      const results = await store.settle(claimed.map(({ lease }) => ({ lease, at: NOW, transition })))
      if (results.some(({ status }) => status !== 'settled')) throw new Error('A lease was lost that nobody could take')
    }
    await tell({ ids })
  },
  /** Never ends: it is killed. */
  async write() {
    await store.migrate()
    for (let index = 0; ; index += 1) {
      const name = `${process.pid}-${index}`
      const version = (await store.documents.get('acme', 'count', 'recordings'))?.version ?? 0
      await store.append(recordingOf(name, version))
      process.send?.({ recorded: name })
      const claimed = await store.claim(claimRequest({ now: NOW + index, leaseMs: 20, limit: 2 }))
      await store.settle(
        claimed.map(({ lease, task }) => ({
          ...{ lease, at: NOW, transition: { status: 'done', result: task.id } },
          attempt: { startedAt: NOW, endedAt: NOW, outcome: 'done', error: null, details: null },
          ...(task.id.startsWith('tsk_a') ? { followUps: recordingOf(`f-${task.id}`, null) } : {}),
        })),
      )
      process.send?.({ settled: claimed.map(({ task }) => task.id) })
    }
  },
}

await COMMANDS[command]()
await store.close()
process.disconnect()
