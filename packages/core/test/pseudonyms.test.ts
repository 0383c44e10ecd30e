import { expect, it } from 'vitest'
import type { Pullwright } from '../src/index.ts'
import { deployed } from './harness.ts'
import { closing } from './sinks.ts'

const { sink, instances } = closing()

const EMAIL = 'jane.doe@example.com'
const PSEUDONYM = /user-[0-9a-f]{10}/g

async function world() {
  const [named, plain] = [await sink(), await sink()]
  const setting = instances(1)
  const [pullwright] = setting.all as [Pullwright]
  for (const project of ['default', 'other']) {
    const facts = { project, events: ['environment.*'] }
    const payload = { pseudonymise: true, include: ['config' as const] }
    const made = await pullwright.webhooks.endpoints.create({ ...facts, url: named.url, payload })
    expect(made.payload.pseudonymise).toBe(true)
    expect((await pullwright.webhooks.endpoints.create({ ...facts, url: plain.url })).payload.pseudonymise).toBe(false)
  }
  return { ...setting, pullwright, named, plain }
}

const told = {
  ...deployed,
  deployed_by: { name: 'Jane', email: EMAIL.toUpperCase() },
  commit_message: `Ask ${EMAIL} before you merge`,
  config: { prompt: `Mail ${EMAIL}, or bob@example.com`, [EMAIL]: true },
}

it('an endpoint gets no address, where it asks for none, and the same name for a person in all of a project', async () => {
  const { pullwright, named, plain } = await world()
  await pullwright.emitter.emit('environment.deployed', told)
  await pullwright.emitter.emit('environment.deployed', { ...told, revision: 16, deployed_by: EMAIL })
  await pullwright.emitter.emit('environment.deployed', told, { project: 'other' })
  await pullwright.drain()
  const bodies = named.received.map(({ body }) => String(body))
  expect(bodies).toHaveLength(3)
  expect(bodies.join('\n').toLowerCase()).not.toContain('@example.com')
  const [jane] = bodies.flatMap((body) => JSON.parse(body).data.commit_message.match(PSEUDONYM))
  for (const body of bodies.filter((text) => JSON.parse(text).project_id === 'default')) {
    const { data } = JSON.parse(body)
    expect(data.commit_message).toBe(`Ask ${jane} before you merge`)
    expect([data.deployed_by, data.deployed_by.email]).toContain(jane)
    expect(data.config.prompt.match(PSEUDONYM)).toHaveLength(2)
    expect(data.config[jane]).toBe(true)
  }
  expect(bodies.find((text) => JSON.parse(text).project_id === 'other')).not.toContain(jane)
  expect(plain.received.every(({ body }) => String(body).includes(EMAIL))).toBe(true)
  expect(plain.received).toHaveLength(3)
})

it('a name is reversed with the key of the project alone, noted in the audit log, and not after it was forgotten', async () => {
  const { pullwright, named } = await world()
  await pullwright.emitter.emit('environment.deployed', told)
  await pullwright.drain()
  const [jane = ''] = JSON.parse(String(named.received[0]?.body)).data.commit_message.match(PSEUDONYM)
  expect((await pullwright.privacy.reveal(jane))?.toLowerCase()).toBe(EMAIL)
  expect(await pullwright.privacy.reveal(jane, { project: 'other' })).toBeNull()
  expect(await pullwright.privacy.reveal('user-0000000000')).toBeNull()
  const noted = (await pullwright.audit.list()).filter(({ action }) => action === 'privacy.reveal')
  expect(noted).toHaveLength(2)
  expect(JSON.stringify(noted)).not.toContain(EMAIL)
  await pullwright.privacy.forget(EMAIL)
  expect(await pullwright.privacy.reveal(jane)).toBeNull()
})

it('is switched off again without a word of the rest', async () => {
  const { pullwright } = await world()
  const [endpoint] = (await pullwright.webhooks.endpoints.list({ project: 'default' })).filter(
    ({ payload }) => payload.pseudonymise,
  )
  const changed = await pullwright.webhooks.endpoints.update(endpoint?.id ?? '', { payload: { pseudonymise: false } })
  expect(changed.payload.pseudonymise).toBe(false)
})
