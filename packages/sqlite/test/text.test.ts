import fc from 'fast-check'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { decodeText, encodeText } from '../src/text.ts'
import { claimRequest, LEASE, NOW, newEvent, newTask } from './sample.ts'

/** Any sequence of code units: null characters and lone surrogates as likely as letters. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u0000', '\u0001', '\ud800', '\udc00', '\ud83d\ude00', '0', 'e', 'é', '\uffff'),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
})

test('any text comes back as it went in, through SQLite', () => {
  const database = new Database(':memory:')
  const echo = database.prepare('SELECT ? AS text')
  fc.assert(
    fc.property(anyText, (text) => {
      const [row] = echo.all([encodeText(text)]) as { text: string }[]
      expect(decodeText(String(row?.text))).toBe(text)
    }),
    { numRuns: 1000 },
  )
})

test('two texts never look alike, and JSON stays as it is', () => {
  fc.assert(
    fc.property(anyText, anyText, fc.jsonValue(), (a, b, value) => {
      expect(encodeText(a) === encodeText(b)).toBe(a === b)
      expect(encodeText(JSON.stringify([a, value]))).toBe(JSON.stringify([a, value]))
    }),
  )
})

test('every name, key and free text of the store may be any text', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const store = sqlite({ file: ':memory:' })
      await store.migrate()
      const target = { kind: 'handler', handler: text } as const
      const task = newTask(`tsk_${text}`, { target, concurrencyKey: text, supersede: true, body: text })
      const naming = { project: text, type: text, idempotencyKey: text, orderingKey: text, subject: text, source: text }
      const marks = { attributes: { [text]: text }, people: [text], identity: text, data: text }
      const { tasks, ...event } = newEvent(text, { ...naming, ...marks, tasks: [task] })
      const receipt = {
        source: text,
        deliveryId: text,
        bodyHash: text,
        bodyWindowMs: 1,
        receivedAt: NOW,
        eventId: event.id,
      }
      await store.append({ events: [{ ...event, tasks }], receipt })
      const again = await store.append({ events: [], receipt })
      expect(again).toEqual({ status: 'duplicate-receipt', eventId: event.id })
      const filter = { project: text, types: [text], attributes: { [text]: text }, person: text }
      expect(await store.query.events(filter)).toEqual([{ ...event, sequence: 1, order: 1 }])

      const [claimed] = await store.claim(claimRequest({ handlers: [text] }))
      expect(claimed?.task).toMatchObject(task)
      if (claimed === undefined) return
      await store.saveStep(claimed.lease, { name: text, sealed: text })
      const attempt = {
        startedAt: NOW,
        endedAt: NOW,
        outcome: 'retry',
        error: text,
        details: { [text]: text },
      } as const
      const waiting = { status: 'waiting', wakeOn: text, reason: text } as const
      await store.settle([{ lease: claimed.lease, at: NOW, transition: waiting, progress: text, attempt }])
      expect(await store.query.attempts(task.id)).toEqual([{ ...attempt, taskId: task.id, number: 1 }])
      expect(await store.wake(text, NOW)).toBe(1)
      const [woken] = await store.claim(claimRequest({ handlers: [text], leaseMs: LEASE }))
      expect(woken?.steps).toEqual([{ name: text, sealed: text }])
      expect(woken?.task).toMatchObject({ reason: text, progress: text })

      const row = { id: text, project: text, version: 1, createdAt: 0, updatedAt: 0 }
      const subscription = { ...row, on: [text], key: [text], supersede: false, needs: [text] }
      await store.subscriptions.put(subscription)
      expect(await store.subscriptions.list({ project: text })).toEqual([subscription])
      await store.documents.put({ project: text, collection: text, key: text, value: text, at: 0 })
      expect((await store.documents.list(text, text, { prefix: text }))[0]).toMatchObject({ key: text, value: text })
      await store.blobs.put({ project: text, key: text, bytes: Uint8Array.of(1), expiresAt: NOW })
      expect(await store.blobs.get(text, text, 0)).toEqual(Uint8Array.of(1))
      await store.schedules.register([{ name: text, firstAt: 0 }])
      expect((await store.schedules.claim({ names: [text], now: 0, leaseMs: 1 }))?.name).toBe(text)
      const note = {
        project: text,
        at: 0,
        actor: text,
        action: text,
        target: text,
        result: 'ok',
        details: text,
      } as const
      const [entry] = await store.appendAudit([note])
      expect(await store.query.audit({ project: text, action: text })).toEqual([entry])
      await store.close()
    }),
    { numRuns: 40 },
  )
})

test('documents are listed by prefix, wherever Unicode has its seams', async () => {
  const store = sqlite({ file: ':memory:' })
  await store.migrate()
  const keys = ['a', 'a\ud7ff', 'a\ue000', 'a\u{10ffff}', 'a\u{10ffff}b', 'b', '\u{10ffff}', '\u{10ffff}\u{10ffff}']
  for (const key of keys) await store.documents.put({ project: 'p', collection: 'c', key, value: 1, at: 0 })
  for (const prefix of ['', ...keys]) {
    const found = (await store.documents.list('p', 'c', { prefix })).map(({ key }) => key)
    expect(found).toEqual(keys.filter((key) => key.startsWith(prefix)))
  }
  await store.close()
})
