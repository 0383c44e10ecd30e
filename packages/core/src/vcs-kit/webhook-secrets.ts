import { PullwrightError } from '../errors.ts'

/** As it comes from the environment; several while one replaces another. */
export type WebhookSecret = string | readonly (string | undefined)[] | undefined

/**
 * The secrets of an adapter's webhook; null where none is given, so that it receives nothing. Throws `invalid-argument` for
 * an empty one, and for a list with none in it: every delivery would be refused.
 */
export function webhookSecretsOf(given: WebhookSecret): string[] | null {
  if (given === undefined) return null
  const secrets = [given].flat().filter((one): one is string => typeof one === 'string' && one !== '')
  if (secrets.length > 0) return secrets
  const message =
    '`webhookSecret` is empty. Is the environment variable it comes from set? Leave it out to take no webhooks.'
  throw new PullwrightError('invalid-argument', message)
}
