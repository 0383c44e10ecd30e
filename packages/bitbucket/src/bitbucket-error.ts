import { VcsError, type VcsErrorCode } from '@pullwright/core'

/** What Bitbucket answered. */
export interface Refusal {
  status: number
  /** `error.message`, and the sentences of `error.fields`. */
  message: string
  /** From `error.detail`: scopes the request takes and the credential lacks. */
  missing: readonly string[]
}

export interface ErrorContext {
  repository: string
  /** What was being done, such as `open the pull request`. */
  doing: string
  /** Scopes it takes, where Bitbucket's answer does not name them. */
  needs?: readonly string[]
}

/** A refusal as a `VcsError` that says what to do. */
export function bitbucketError(refusal: Refusal, context: ErrorContext): VcsError {
  const code = classify(refusal)
  const named = refusal.missing.length > 0 ? refusal.missing : (context.needs ?? [])
  const missing = code === 'permission' ? [...named] : []
  return new VcsError(code, sentence(code, refusal, context, missing), { status: refusal.status, missing })
}

/** Reads `{ type: 'error', error: { message, detail, fields } }`, and whatever else stands there instead. */
export function refusalOf(status: number, body: unknown): Refusal {
  const { message, detail, fields } = memberOf(body, 'error')
  const sentences = Object.entries(objectOf(fields)).map(([name, told]) => `${name}: ${[told].flat().join(' ')}`)
  const said = [message, typeof detail === 'string' ? detail : '', ...sentences]
  const { required, granted } = objectOf(detail)
  const has = new Set(listOf(granted))
  const text = said.filter((part) => typeof part === 'string' && part !== '').join(' ')
  return {
    status,
    message: text === '' && typeof body === 'string' ? body.slice(0, 300) : text,
    missing: listOf(required).filter((scope) => !has.has(scope)),
  }
}

function classify({ status, message }: Refusal): VcsErrorCode {
  if (status === 401) return 'auth'
  return BY_WORDS.find(({ words, among }) => among.includes(status) && words.test(message))?.code ?? byStatus(status)
}

/** Bitbucket's sentences that say more than their status. */
const BY_WORDS: readonly { words: RegExp; among: readonly number[]; code: VcsErrorCode }[] = [
  { words: /merge conflicts?/i, among: [400, 409], code: 'policy' },
  {
    words: /merge check|draft pull request|approvals?|restrict|not allowed to (push|merge)/i,
    among: [400, 403],
    code: 'policy',
  },
  { words: /too (large|long)|exceeds/i, among: [400], code: 'too-large' },
]

function byStatus(status: number): VcsErrorCode {
  if (status === 403) return 'permission'
  if (status === 404 || status === 410) return 'not-found'
  if (status === 409) return 'conflict'
  if (status === 413) return 'too-large'
  if (status === 429) return 'rate-limited'
  // 555: "If the merge took too long and timed out. In this case the caller should retry the request later".
  if (status === 408 || status >= 500) return 'unavailable'
  return 'invalid'
}

function sentence(
  code: VcsErrorCode,
  { status, message }: Refusal,
  { repository, doing }: ErrorContext,
  missing: readonly string[],
): string {
  const what = `Cannot ${doing} in ${repository}`
  const lacking = missing.length === 0 ? 'a permission or scope' : missing.join(', ')
  const words: Record<VcsErrorCode, string> = {
    auth: 'Bitbucket refused the credential. Check that it is complete and neither expired nor revoked.',
    permission: `${what}: the credential lacks ${lacking}. Give the token that scope, and its owner access to the repository.`,
    'not-found': `${what}: not found, or hidden from this credential. Check the name, and that the token may see the repository.`,
    conflict: `${what}: it was changed meanwhile. Try again.`,
    invalid: `${what}: Bitbucket refused the request.`,
    policy: `${what}: a rule of the repository stands in the way.`,
    'too-large': `${what}: it is over Bitbucket's limit.`,
    'rate-limited': `${what}: Bitbucket's rate limit is reached. Wait.`,
    unsupported: `${what}: Bitbucket has no such thing.`,
    unavailable: `${what}: Bitbucket failed or did not answer (HTTP ${status}). Try again.`,
  }
  const said = message.replace(/\s+/g, ' ').trim().slice(0, 500)
  return said === '' ? words[code] : `${words[code]} Bitbucket says: ${said}`
}

function memberOf(value: unknown, name: string): Record<string, unknown> {
  return objectOf(objectOf(value)[name])
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
