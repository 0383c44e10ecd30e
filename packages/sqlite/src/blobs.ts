import type { BlobStore } from '@pullwright/core'
import type { Connection } from './connection.ts'
import { ask } from './steps.ts'
import { bytesOf } from './values.ts'

export function createBlobs(open: () => Promise<Connection>): BlobStore {
  return {
    async put({ project, key, bytes, expiresAt }) {
      const copy = Uint8Array.from(bytes)
      await (await open()).write(() => ask(PUT, project, key, expiresAt, copy))
    },
    async get(project, key, now) {
      const [row] = await (await open()).read(() => ask(GET, project, key, now))
      return row === undefined ? null : bytesOf(row.bytes)
    },
    async sweep(now) {
      return (await (await open()).write(() => ask(SWEEP, now))).length
    },
  }
}

const PUT = `
INSERT INTO pullwright_blobs (project, key, expires_at, bytes) VALUES (?, ?, ?, ?)
ON CONFLICT (project, key) DO UPDATE SET expires_at = excluded.expires_at, bytes = excluded.bytes`

const GET = `SELECT bytes FROM pullwright_blobs WHERE project = ? AND key = ? AND expires_at > ?`

const SWEEP = `DELETE FROM pullwright_blobs WHERE expires_at <= ? RETURNING 1 AS gone`
