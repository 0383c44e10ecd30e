import type { BlobStore } from '../ports/store.ts'
import { compose } from './state.ts'

export function createBlobs(): BlobStore {
  const blobs = new Map<string, { bytes: Uint8Array; expiresAt: number }>()

  return {
    async put({ project, key, bytes, expiresAt }) {
      blobs.set(compose(project, key), { bytes: new Uint8Array(bytes), expiresAt })
    },
    async get(project, key, now) {
      const blob = blobs.get(compose(project, key))
      return blob === undefined || blob.expiresAt <= now ? null : new Uint8Array(blob.bytes)
    },
    async sweep(now) {
      const before = blobs.size
      for (const [id, blob] of blobs) if (blob.expiresAt <= now) blobs.delete(id)
      return before - blobs.size
    },
  }
}
