import type { Transform } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'

export interface DecodedBody {
  body: Uint8Array
  /** Cut at the limit, or the compressed data is broken: what could be read is in `body`. */
  truncated: boolean
}

/** More layers than this are no honest answer. */
const MOST_LAYERS = 4

/**
 * Undoes `content-encoding` (gzip, br, deflate, several in a row), never producing more than `limit` bytes, however
 * little was sent. An encoding that is not known leaves the bytes as they came. `cut` says the bytes are a prefix.
 */
export async function decodeBody(
  bytes: Uint8Array,
  encoding: string | undefined,
  { limit, cut }: { limit: number; cut: boolean },
): Promise<DecodedBody> {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  const readable = names.length <= MOST_LAYERS && names.every((name) => name in DECODERS)
  let decoded: DecodedBody = { body: bytes, truncated: cut }
  if (!readable || bytes.length === 0) return decoded
  for (const name of names.reverse()) {
    const open = DECODERS[name]
    if (open === undefined) return decoded
    const layer = await inflate(decoded.body, open(decoded.body, decoded.truncated), limit)
    decoded = { body: layer.body, truncated: decoded.truncated || layer.truncated }
  }
  return decoded
}

type OpenDecoder = (bytes: Uint8Array, cut: boolean) => Transform

/** RFC 9110, 8.4.1; RFC 7932. Flushing lets the whole part of a cut stream out. */
const DECODERS: Readonly<Record<string, OpenDecoder>> = {
  gzip: (_bytes, cut) => createGunzip(zlibOptions(cut)),
  'x-gzip': (_bytes, cut) => createGunzip(zlibOptions(cut)),
  br: (_bytes, cut) => createBrotliDecompress(cut ? { finishFlush: constants.BROTLI_OPERATION_FLUSH } : {}),
  // Some servers send deflate without its zlib header, whose low four bits are 8 (RFC 1950, 2.2).
  deflate: (bytes, cut) =>
    ((bytes[0] ?? 0) & 0x0f) === 8 ? createInflate(zlibOptions(cut)) : createInflateRaw(zlibOptions(cut)),
}

function zlibOptions(cut: boolean): { finishFlush?: number } {
  return cut ? { finishFlush: constants.Z_SYNC_FLUSH } : {}
}

function inflate(bytes: Uint8Array, decoder: Transform, limit: number): Promise<DecodedBody> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const finish = (truncated: boolean) => {
      decoder.destroy()
      resolve({ body: Buffer.concat(chunks, Math.min(size, limit)), truncated })
    }
    decoder.on('data', (chunk: Buffer) => {
      if (size > limit) return
      chunks.push(chunk)
      size += chunk.length
      if (size > limit) finish(true)
    })
    decoder.once('end', () => finish(false))
    decoder.on('error', () => finish(true))
    decoder.end(bytes)
  })
}
