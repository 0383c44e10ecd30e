import { expect, test } from 'vitest'
import { githubError, type Refusal } from './github-error.ts'

const NOW = Date.UTC(2030, 0, 1)
const context = { repository: 'acme/prompts', doing: 'open the pull request', needs: ['pull_requests=write'], now: NOW }
const of = (refusal: Partial<Refusal>) => githubError({ status: 200, message: '', headers: {}, ...refusal }, context)

test.each<[Partial<Refusal>, string]>([
  [{ status: 401, message: 'Bad credentials' }, 'auth'],
  [{ status: 403, message: 'Resource not accessible by integration' }, 'permission'],
  [{ status: 403, message: 'Resource protected by organization SAML enforcement.' }, 'permission'],
  [{ status: 404, message: 'Not Found' }, 'not-found'],
  [{ status: 451, message: 'Repository access blocked' }, 'not-found'],
  [{ status: 405, message: 'Pull Request is not mergeable' }, 'policy'],
  [{ status: 409, message: 'Head branch was modified. Review and try the merge again.' }, 'conflict'],
  [{ status: 422, message: 'Validation Failed: body is too long (maximum is 65536 characters)' }, 'too-large'],
  [{ status: 422, message: 'Validation Failed' }, 'invalid'],
  [{ status: 422, message: 'Repository rule violations found' }, 'policy'],
  [{ status: 413 }, 'too-large'],
  [{ status: 429 }, 'rate-limited'],
  [{ status: 403, message: 'You have exceeded a secondary rate limit.' }, 'rate-limited'],
  [{ status: 403, message: 'x', headers: { 'x-ratelimit-remaining': '0' } }, 'rate-limited'],
  [{ status: 403, message: 'x', headers: { 'retry-after': '5' } }, 'rate-limited'],
  [{ status: 403, message: 'x', headers: { 'x-ratelimit-remaining': '12' } }, 'permission'],
  [{ status: 502 }, 'unavailable'],
  [{ type: 'NOT_FOUND', message: 'Could not resolve to a Repository' }, 'not-found'],
  [{ type: 'FORBIDDEN', message: 'no' }, 'permission'],
  [{ type: 'STALE_DATA', message: 'Expected branch to point to "x"' }, 'conflict'],
  [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }, 'rate-limited'],
  [{ message: 'Something went wrong while executing your query. This may be the result of a timeout' }, 'unavailable'],
  [{ message: "Field 'x' doesn't exist on type 'Query'" }, 'invalid'],
])('%j means %s', (refusal, code) => {
  expect(of(refusal).code).toBe(code)
})

test('names what is missing in GitHub’s own words', () => {
  const headers = { 'x-accepted-github-permissions': 'contents=write,workflows=write; administration=write' }
  expect(of({ status: 403, message: 'no', headers }).missing).toEqual(['contents=write', 'workflows=write'])
  expect(of({ status: 403, message: 'no' }).missing).toEqual(['pull_requests=write'])
  const scopes =
    "has not been granted the required scopes to execute this query. The 'slug' field requires one of the following scopes: ['read:org', 'read:discussion'], but"
  expect(of({ type: 'INSUFFICIENT_SCOPES', message: scopes }).missing).toEqual(['read:org', 'read:discussion'])
  expect(of({ status: 404 }).missing).toEqual([])
})

test('tells how long to wait, by GitHub’s clock where it has one', () => {
  const wait = (headers: Record<string, string>) => of({ status: 403, message: 'rate limit', headers }).retryAfter
  expect(wait({ 'retry-after': '90' })).toBe(90_000)
  expect(wait({ 'retry-after': '0' })).toBe(0)
  expect(wait({})).toBe(60_000)
  const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 600) }
  expect(wait(reset)).toBe(600_000)
  expect(wait({ ...reset, date: new Date(NOW + 300_000).toUTCString() })).toBe(300_000)
  expect(wait({ ...reset, 'x-ratelimit-remaining': '7' })).toBe(60_000)
  expect(of({ status: 429, headers: { 'retry-after': '60' } }).message).toContain('2030-01-01T00:01:00.000Z')
})

test('says what was being done, where, and what GitHub said', () => {
  const { message, status, retryable } = of({ status: 422, message: 'Validation\n  Failed' })
  expect(message).toContain('open the pull request in acme/prompts')
  expect(message).toContain('GitHub says: Validation Failed')
  expect({ status, retryable }).toEqual({ status: 422, retryable: false })
})
