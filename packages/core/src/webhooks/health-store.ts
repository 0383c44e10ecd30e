import type { JsonValue } from '../json.ts'
import type { Store } from '../ports/store.ts'
import { type HealthState, readState } from './health-state.ts'

/** One collection over all projects, so that a worker sees who is unwell in one query. */
const PROJECT = '*'
const COLLECTION = 'pullwright.endpoint-health'
const PAGE = 500

export interface StoredHealth {
  state: HealthState | null
  version: number
}

export interface HealthStore {
  get(endpointId: string): Promise<StoredHealth>
  /** False when somebody else was first. Null deletes. */
  put(endpointId: string, state: HealthState | null, expectedVersion: number, at: number): Promise<boolean>
  /** Whatever is there. */
  remove(endpointId: string, at: number): Promise<void>
  all(): Promise<Map<string, HealthState>>
}

export function createHealthStore({ documents }: Pick<Store, 'documents'>): HealthStore {
  const write = (key: string, value: JsonValue, at: number) => ({
    project: PROJECT,
    collection: COLLECTION,
    key,
    value,
    at,
  })
  return {
    async get(endpointId) {
      const row = await documents.get(PROJECT, COLLECTION, endpointId)
      return { state: readState(row?.value), version: row?.version ?? 0 }
    },
    put: (endpointId, state, expectedVersion, at) =>
      documents.put({ ...write(endpointId, state, at), expectedVersion }),
    async remove(endpointId, at) {
      await documents.put(write(endpointId, null, at))
    },
    async all() {
      const states = new Map<string, HealthState>()
      for (let after: string | undefined; ; ) {
        const rows = await documents.list(PROJECT, COLLECTION, {
          limit: PAGE,
          ...(after === undefined ? {} : { after }),
        })
        for (const { key, value } of rows) {
          const state = readState(value)
          if (state !== null) states.set(key, state)
        }
        after = rows.at(-1)?.key
        if (rows.length < PAGE) return states
      }
    },
  }
}
