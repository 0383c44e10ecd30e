import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Store, TaskRecord } from '@pullwright/core'
import Database from 'libsql'
import { describe, expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { MIGRATIONS } from '../src/schema.ts'
import type { Claims, Command, Progress } from './child-work.ts'
import { testFolder } from './folder.ts'
import { newEvent } from './sample.ts'

const path = testFolder()
const SCRIPT = fileURLToPath(new URL('./child.ts', import.meta.url))
const OPTIONS = ['--conditions=@pullwright/source', '--import', 'tsx']

function start(file: string, command: Command): ChildProcess {
  return fork(SCRIPT, [file, command], { execArgv: OPTIONS, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

async function startTogether(file: string, command: Command, count: number): Promise<ChildProcess[]> {
  const children = Array.from({ length: count }, () => start(file, command))
  await Promise.all(children.map((child) => once(child, 'message')))
  for (const child of children) child.send('go')
  return children
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

async function readAll(store: Store): Promise<TaskRecord[]> {
  return store.query.tasks({ limit: 1_000_000 })
}

describe('several processes on one file', () => {
  test('may start together on a file that is not there yet', async () => {
    const file = path()
    const children = await startTogether(file, 'migrate', 4)
    expect(await Promise.all(children.map(ended))).toEqual([0, 0, 0, 0])
    const store = sqlite({ file })
    expect(await readAll(store)).toHaveLength(4 * 4)
    await store.close()
    const database = new Database(file)
    expect(database.prepare('SELECT version FROM pullwright_migrations').all()).toEqual(
      MIGRATIONS.map(({ version }) => ({ version })),
    )
    database.close()
  }, 60_000)

  test('never share a task, and leave none', async () => {
    const file = path()
    const store = sqlite({ file, durability: 'normal' })
    await store.migrate()
    const names = Array.from({ length: 300 }, (_, index) => String(index))
    await store.append({ events: names.map((name) => newEvent(name)) })
    const children = await startTogether(file, 'claim', 3)
    const answers = await Promise.all(children.map(async (child) => (await once(child, 'message'))[0] as Claims))
    expect(await Promise.all(children.map(ended))).toEqual([0, 0, 0])
    const claimed = answers.flatMap(({ ids }) => ids)
    expect(claimed).toHaveLength(names.length)
    expect(new Set(claimed).size).toBe(names.length)
    expect(await store.query.tasks({ statuses: ['done'], limit: 1000 })).toHaveLength(names.length)
    await store.close()
  }, 60_000)
})

describe('a process that is killed in the middle of its writes', () => {
  test('loses nothing that was committed and leaves nothing half', async () => {
    const file = path()
    const recorded: string[] = []
    const settled: string[] = []
    for (let round = 0; round < 4; round += 1) {
      const child = start(file, 'write')
      const enough = recorded.length + 15 + round * 7
      await new Promise<void>((resolve) => {
        child.on('message', (message: Progress) => {
          if ('recorded' in message) recorded.push(message.recorded)
          if ('settled' in message) settled.push(...message.settled)
          if (recorded.length >= enough) resolve()
        })
      })
      // At whatever it is doing then: the message was on its way for a while.
      child.kill('SIGKILL')
      await ended(child)
      await insistOnWhole(file, recorded, settled)
    }
  }, 60_000)
})

async function insistOnWhole(file: string, recorded: string[], settled: string[]): Promise<void> {
  const database = new Database(file)
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  database.close()
  const store = sqlite({ file })
  const events = new Set((await store.query.events({ limit: 1_000_000 })).map(({ id }) => id))
  const tasks = new Map((await readAll(store)).map((task) => [task.id, task]))
  for (const name of recorded) expect(events).toContain(`evt_a-${name}`)
  // A recording is there with all of its events and tasks; so are follow-ups, exactly where their task is done.
  const names = [...events].filter((id) => id.startsWith('evt_a-')).map((id) => id.slice('evt_a-'.length))
  for (const name of names) {
    for (const id of ['b', 'c']) expect(events).toContain(`evt_${id}-${name}`)
    for (const id of ['a', 'b', 'c', 'd']) expect(tasks.has(`tsk_${id}-${name}`)).toBe(true)
  }
  expect(tasks.size).toBe(names.length * 4)
  const own = names.filter((name) => !name.startsWith('f-'))
  expect((await store.documents.get('acme', 'count', 'recordings'))?.version).toBe(own.length)
  for (const task of tasks.values()) {
    if (task.id.startsWith('tsk_a')) expect(events.has(`evt_a-f-${task.id}`)).toBe(task.status === 'done')
    const outcomes = (await store.query.attempts(task.id)).map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(task.status === 'done' ? 1 : 0)
    expect(outcomes).toHaveLength(task.attempts)
  }
  for (const id of settled) expect(tasks.get(id)?.status).toBe('done')
  await store.close()
}
