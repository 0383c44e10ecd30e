import { createHash } from 'node:crypto'
import type { JsonValue } from '../json.ts'
import type { DocumentStore } from '../ports/store.ts'
import type { SecretBox } from '../secrets/secret-box.ts'

/** An answer as it is given again. */
export interface KeptAnswer {
  status: number
  headers: Record<string, string>
  body: JsonValue
}

export interface Answers {
  /**
   * Takes a key for one request, or says what became of the request that had it first. `scope` tells callers apart,
   * `fingerprint` requests.
   */
  begin(scope: string, key: string, fingerprint: string): Promise<Begun>
  /** Deletes what is older than a day. */
  sweep(): Promise<void>
}

export type Begun =
  | { status: 'mine'; keep(answer: KeptAnswer): Promise<void>; release(): Promise<void> }
  | { status: 'known'; answer: KeptAnswer }
  | { status: 'under-way' }
  | { status: 'another-request' }

interface Entry {
  fingerprint: string
  /** Null while the first request is under way. JSON, sealed where there is a key: answers may show a secret. */
  answer: string | null
  sealed: boolean
}

const PROJECT = '*'
const COLLECTION = 'http:answers'
/** As long as Stripe keeps them. */
const KEEP_MS = 24 * 3_600_000
/** After so long a request without an answer is taken for lost. */
const LOST_MS = 60_000
const PAGE = 500

/** Kept in the store, so that a key counts in every process and after a restart. */
export function createAnswers(parts: {
  documents: DocumentStore
  box: SecretBox | undefined
  now: () => number
}): Answers {
  const { documents, box, now } = parts

  return {
    async begin(scope, key, fingerprint) {
      const name = createHash('sha256')
        .update(JSON.stringify([scope, key]))
        .digest('hex')
      const row = await documents.get(PROJECT, COLLECTION, name)
      const entry = row === null || now() - row.updatedAt > KEEP_MS ? null : (row.value as unknown as Entry)
      if (entry !== null && row !== null) {
        if (entry.fingerprint !== fingerprint) return { status: 'another-request' }
        if (entry.answer !== null) return { status: 'known', answer: await read(name, entry) }
        if (now() - row.updatedAt < LOST_MS) return { status: 'under-way' }
      }
      const version = row?.version ?? 0
      const mine = await put(name, { fingerprint, answer: null, sealed: false }, version)
      if (!mine) return { status: 'under-way' }
      return {
        status: 'mine',
        // Whoever took it for lost has it now.
        keep: async (answer) => void (await put(name, { fingerprint, ...(await written(name, answer)) }, version + 1)),
        release: async () => void (await put(name, null, version + 1)),
      }
    },

    async sweep() {
      let after: string | undefined
      for (;;) {
        const rows = await documents.list(PROJECT, COLLECTION, {
          limit: PAGE,
          ...(after === undefined ? {} : { after }),
        })
        for (const row of rows) if (now() - row.updatedAt > KEEP_MS) await put(row.key, null, row.version)
        after = rows.at(-1)?.key
        if (rows.length < PAGE) return
      }
    },
  }

  function put(key: string, entry: Entry | null, expectedVersion: number): Promise<boolean> {
    const value = entry === null ? null : { ...entry }
    return documents.put({ project: PROJECT, collection: COLLECTION, key, value, expectedVersion, at: now() })
  }

  async function written(name: string, answer: KeptAnswer): Promise<Pick<Entry, 'answer' | 'sealed'>> {
    const text = JSON.stringify(answer)
    return { answer: box ? await box.seal(text, contextOf(name)) : text, sealed: box !== undefined }
  }

  async function read(name: string, { answer, sealed }: Entry): Promise<KeptAnswer> {
    const text = answer ?? 'null'
    return JSON.parse(sealed && box ? await box.open(text, contextOf(name)) : text) as KeptAnswer
  }
}

function contextOf(name: string): string {
  return `answer/${name}`
}
