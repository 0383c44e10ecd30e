import { createHmac, randomBytes } from 'node:crypto'
import { PullwrightError } from '../errors.ts'
import type { Store } from '../ports/store.ts'
import type { SecretBox } from '../secrets/secret-box.ts'

/** A name for the store that says nothing about its key. */
export function originOf(hashKey: Buffer): string {
  return createHmac('sha256', hashKey).update('origin').digest('hex').slice(0, 12)
}

const PROJECT = '*'
const COLLECTION = 'pullwright'
const KEY = 'hash-key'

/**
 * The key of everything we hash to compare and not to read: deployment identities, fingerprints, people. Made once for
 * each store and kept in it, sealed where there is a key, so that it survives a rotation of the sealing key.
 */
export function createSystemKey(store: Store, box: SecretBox | undefined, now: () => number): () => Promise<Buffer> {
  let known: Promise<Buffer> | undefined
  return () => {
    known ??= load().catch((error) => {
      known = undefined
      throw error
    })
    return known
  }

  async function load(): Promise<Buffer> {
    const fresh = randomBytes(32).toString('base64')
    const value = box ? { sealed: await box.seal(fresh) } : { plain: fresh }
    await store.documents.put({
      project: PROJECT,
      collection: COLLECTION,
      key: KEY,
      value,
      expectedVersion: 0,
      at: now(),
    })
    const row = await store.documents.get(PROJECT, COLLECTION, KEY)
    return Buffer.from(await open(row?.value), 'base64')
  }

  async function open(value: unknown): Promise<string> {
    const { plain, sealed } = (value ?? {}) as { plain?: unknown; sealed?: unknown }
    if (typeof plain === 'string') return plain
    if (typeof sealed !== 'string')
      throw new PullwrightError('store', 'The store lost the key it had just taken; check it')
    if (box) return box.open(sealed)
    throw new PullwrightError(
      'key-required',
      'This store was set up with a key: pass the same `key` to createPullwright, or start with an empty store',
    )
  }
}
