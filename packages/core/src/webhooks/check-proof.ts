import { PullwrightError } from '../errors.ts'
import { signWebhook } from '../signing/index.ts'
import type { EndpointScheme } from './endpoint-settings.ts'

/** Tries the secret on each scheme, so that a wrong one is refused now and not with every delivery. */
export function checkProof(
  schemes: readonly EndpointScheme[],
  secret: string,
  headers: Readonly<Record<string, string>> | undefined,
): void {
  const problems = schemes.flatMap((scheme) => {
    const message =
      scheme === 'authorization' ? authorizationProblem(secret, headers ?? {}) : signingProblem(scheme, secret)
    return message === null ? [] : [{ path: 'secret', message }]
  })
  const [first] = problems
  if (first !== undefined) throw new PullwrightError('invalid-argument', `secret: ${first.message}`, { problems })
}

function signingProblem(scheme: Exclude<EndpointScheme, 'authorization'>, secret: string): string | null {
  try {
    signWebhook(scheme, { secrets: [secret], id: 'dlv_check', timestamp: new Date(0), body: '' })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function authorizationProblem(secret: string, headers: Readonly<Record<string, string>>): string | null {
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')) {
    return 'the scheme `authorization` and an own Authorization header exclude each other'
  }
  return /^[\x20-\x7e]+$/.test(secret) ? null : 'must be printable ASCII to be sent in Authorization'
}
