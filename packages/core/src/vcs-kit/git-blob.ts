import { createHash } from 'node:crypto'

/** The id git gives to a file of this content. */
export function blobId(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex')
}

/** One text for what stands at some paths: 32 hexadecimal digits. `null` stands for no file. */
export function filesDigest(files: ReadonlyMap<string, string | null>): string {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 32)
}
