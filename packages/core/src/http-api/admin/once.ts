import { createHash } from 'node:crypto'
import type { Caller } from '../../ports/caller.ts'
import type { Answers, KeptAnswer } from '../answers-store.ts'
import { refusal } from './problems.ts'

const LONGEST_KEY = 255

/** What makes two requests the same. */
export interface RequestFacts {
  operation: string
  id: string
  query: unknown
  body: unknown
  versions: readonly number[] | undefined
}

/**
 * Does the work once for each key of a caller: the same request again gets the first answer, another request with that
 * key is refused. Answers that are no success are not kept: the key is free again.
 */
export async function once(
  key: string | null,
  caller: Caller,
  facts: RequestFacts,
  answers: Answers,
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  if (key === null) return work()
  if (key === '' || key.length > LONGEST_KEY) {
    const message = `must be 1 to ${LONGEST_KEY} characters`
    throw refusal('invalid-request', { detail: `\`Idempotency-Key\` ${message}.` })
  }
  const scope = JSON.stringify([caller.project, caller.subject])
  const begun = await answers.begin(scope, key, fingerprintOf(facts))
  if (begun.status === 'known') {
    return { ...begun.answer, headers: { ...begun.answer.headers, 'idempotency-replayed': 'true' } }
  }
  if (begun.status === 'another-request') {
    throw refusal('idempotency-key-reused', { detail: 'This `Idempotency-Key` was sent with another request before.' })
  }
  if (begun.status === 'under-way') {
    throw refusal('under-way', {
      detail: 'The first request with this `Idempotency-Key` is still under way.',
      headers: { 'retry-after': '1' },
    })
  }
  try {
    const answer = await work()
    await begun.keep(answer)
    return answer
  } catch (error) {
    await begun.release()
    throw error
  }
}

function fingerprintOf(facts: RequestFacts): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}
