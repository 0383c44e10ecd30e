import assert from 'node:assert/strict'
import type { JsonObject, JsonValue } from '@pullwright/core'
import { attempt, type Cases, NOW, type Scene } from './scene.ts'

const BACKSLASH_TRAP = '\\u0000 \\\\ \\" \\ud800'

/** Each is valid JSON that some store has stumbled over. */
const WEIRD: Readonly<Record<string, JsonValue>> = {
  'null characters': { 'a\u0000b': '\u0000', plain: 'x\u0000' },
  'lone surrogates': { '\ud800': '\udc00', mixed: 'a\ud83d' },
  'keys of the prototype': JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":null}'),
  'text that looks escaped': { [BACKSLASH_TRAP]: BACKSLASH_TRAP },
  'quotes and markup': `'; drop table events; -- " \` </script> \u2028 \u2029 \ufeff`,
  'every plane of Unicode': '\u00e9 e\u0301 \u4e2d\u6587 \u{1f600} \u{10ffff} \uffff',
  'numbers at the edge': [0, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 9007199254740991, -9007199254740991, 0.1],
  'empty things': [{}, [], '', { '': '' }, [[]], null, false],
  'a bare null': null,
  'a bare text': '',
}

/** Puts the value everywhere JSON is kept and reads it back from everywhere. */
async function travel(scene: Scene, value: JsonValue): Promise<JsonValue[]> {
  const { store, event, append, claimOne, settle } = scene
  const given = event({ data: value, kept: { config: value } })
  await append(given)
  const claimed = await claimOne()
  await settle(claimed, { status: 'done', result: value }, { attempt: attempt({ details: value }) })
  const stored = await store.query.event(given.id)
  const task = await store.query.task(claimed.task.id)
  const [tried] = await store.query.attempts(claimed.task.id)
  const write = { project: 'acme', collection: 'c', key: 'k', value: { value }, at: NOW }
  await store.documents.put(write)
  const document = (await store.documents.get('acme', 'c', 'k'))?.value as JsonObject
  assert.ok(stored && task && tried)
  return [
    claimed.event.data,
    stored.data,
    stored.kept.config ?? null,
    task.result,
    tried.details,
    document.value ?? null,
  ]
}

export const json: Cases = {
  ...Object.fromEntries(
    Object.entries(WEIRD).map(([name, value]) => [
      `${name} come back as they went in`,
      async (scene: Scene) => {
        const copies = await travel(scene, value)
        // As text too: a member called `__proto__` must be a member, not a prototype.
        for (const copy of copies) assert.deepEqual([JSON.stringify(copy), copy], [JSON.stringify(value), value])
        assert.equal(({} as { polluted?: boolean }).polluted, undefined)
      },
    ]),
  ),

  async 'nesting of 500 levels comes back as it went in'(scene) {
    let value: JsonValue = 'core'
    for (let level = 0; level < 499; level += 1) value = level % 2 ? [value] : { a: value }
    for (const copy of await travel(scene, value)) assert.equal(JSON.stringify(copy), JSON.stringify(value))
  },

  async 'bodies and values of a megabyte come back as they went in'({
    store,
    event,
    append,
    delivery,
    endpoint,
    claim,
  }) {
    const { id } = await endpoint()
    const body = `${'\u00e9"\\\n\u{1f600}'.repeat(180_000)}`
    const given = event({ tasks: [delivery(id, { body })], data: { body } })
    await append(given)
    const [claimed] = await claim()
    assert.ok(claimed?.task.body === body)
    assert.deepEqual((await store.query.event(given.id))?.data, { body })
  },

  async 'names and keys may hold any printable character'({ store, event, append, enqueue, claimIds }) {
    const odd = `a/b "c" 'd' %_ \\ \u{1f600} \u00e9 __proto__`
    const given = event({ tasks: [], project: odd, idempotencyKey: odd, attributes: { [odd]: odd }, people: [odd] })
    await append(given)
    const filter = { project: odd, attributes: { [odd]: odd }, person: odd }
    assert.deepEqual(
      (await store.query.events(filter)).map(({ id }) => id),
      [given.id],
    )
    const again = await store.append({ events: [{ ...given, id: 'evt_again' }] })
    assert.deepEqual(again, { status: 'recorded', events: [{ id: given.id, status: 'duplicate' }] })
    await store.documents.put({ project: odd, collection: odd, key: odd, value: 1, at: NOW })
    assert.equal((await store.documents.get(odd, odd, odd))?.value, 1)
    const [first] = await enqueue({ concurrencyKey: odd }, { concurrencyKey: odd })
    assert.deepEqual(await claimIds(), [first])
  },

  async 'free text of a run may hold any character'({ store, enqueue, claimOne, settle }) {
    const odd = 'cut off: \u0000\ud800 \udc00 \u{1f600}'
    const [id] = await enqueue({})
    const tried = attempt({ error: odd, outcome: 'dead' })
    await settle(await claimOne(), { status: 'dead', reason: odd }, { attempt: tried, progress: odd })
    const task = await store.query.task(String(id))
    const [kept] = await store.query.attempts(String(id))
    assert.deepEqual([task?.reason, task?.progress, kept?.error], [odd, odd, odd])
  },
}
