import { expect, it } from 'vitest'
import { webhookSecretsOf } from './webhook-secrets.ts'

it('takes one secret or several, and leaves out what the environment does not have', () => {
  expect(webhookSecretsOf('one')).toEqual(['one'])
  expect(webhookSecretsOf(['one', undefined, '', 'two'])).toEqual(['one', 'two'])
  expect(webhookSecretsOf(undefined)).toBeNull()
})

it.each(['', [], [undefined], ['']])('refuses %j, by which every delivery would be refused', (empty) => {
  expect(() => webhookSecretsOf(empty as string)).toThrow(/`webhookSecret` is empty.*environment variable/)
})
