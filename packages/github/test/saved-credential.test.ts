import { createPullwright, generateKey, memoryStore, type Pullwright } from '@pullwright/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { github } from '../src/index.ts'
import { openSetting, REPOSITORY, type Setting } from './setting.ts'

let setting: Setting
let pullwright: Pullwright
beforeEach(async () => {
  setting = await openSetting()
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  const vcs = [github({ auth: { token: setting.token }, baseUrl: setting.fake.url })]
  pullwright = createPullwright({ store: memoryStore(), key: generateKey(), vcs, logger: quiet })
})
afterEach(async () => {
  await pullwright.stop()
  await setting.close()
})

const draftWith = (credential: string) => ({ vcs: 'github', repository: REPOSITORY, credential })

it('a credential that GitHub does not know is not saved, new or in place of another', async () => {
  const { fake } = setting
  const token = fake.state.createToken({ user: 'bot' })
  const revoked = fake.state.createToken({ user: 'bot' })
  fake.state.revokeToken(revoked)
  const refusal = {
    code: 'invalid-argument',
    problems: [{ path: 'credential', message: expect.stringMatching(/revoked/) }],
  }
  const made = await pullwright.integrations.create(draftWith(token))
  for (const work of [
    () => pullwright.integrations.create(draftWith(revoked)),
    () => pullwright.integrations.update(made.id, { credential: revoked }),
  ]) {
    await expect(work()).rejects.toMatchObject(refusal)
    await expect(work()).rejects.not.toThrow(revoked)
  }
  expect(await pullwright.integrations.list()).toEqual([made])
})

it('one that is switched off may wait for its credential, until it is switched on', async () => {
  const { id } = await pullwright.integrations.create({ ...draftWith('ghp-of-tomorrow'), enabled: false })
  await pullwright.integrations.update(id, { name: 'soon' })
  await expect(pullwright.integrations.update(id, { enabled: true })).rejects.toMatchObject({
    problems: [{ path: 'credential' }],
  })
  const credential = setting.fake.state.createToken({ user: 'bot' })
  expect(await pullwright.integrations.update(id, { enabled: true, credential })).toMatchObject({ enabled: true })
})

it('its end is kept with it, and asked for anew with the next one', async () => {
  const expiresAt = Date.UTC(2031, 4, 6, 7, 8, 9)
  const ending = setting.fake.state.createToken({ user: 'bot', expiresAt })
  const endless = setting.fake.state.createToken({ user: 'bot', kind: 'classic' })
  const { id, ...made } = await pullwright.integrations.create(draftWith(ending))
  expect(made).toMatchObject({ credentialExpiresAt: expiresAt, credentialRenews: false })
  expect(await pullwright.integrations.update(id, { name: 'prompts' })).toMatchObject({
    credentialExpiresAt: expiresAt,
  })
  const changed = await pullwright.integrations.update(id, { credential: endless })
  expect(changed).toMatchObject({ credentialExpiresAt: null })
})

it('it is saved as it is where GitHub cannot be asked', async () => {
  const token = setting.fake.state.createToken({ user: 'bot' })
  setting.fake.fail({ reset: true })
  expect(await pullwright.integrations.create(draftWith(token))).toMatchObject({ credentialExpiresAt: null })
}, 15_000)
