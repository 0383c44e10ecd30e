export type BodyRead =
  | { ok: true; bytes: Uint8Array }
  | { ok: false; reason: 'too-large' | 'too-slow' | 'consumed' | 'aborted' }

/** Bytes that are already at hand, or a request they still have to be read from. */
export type BodySource = Request | RawRequest

export interface RawRequest {
  readonly headers: Headers | Record<string, string>
  readonly body: Uint8Array
}

export interface ReadBodyOptions {
  /** A body that takes longer is given up. Default 30 seconds: senders wait 10 for an answer (GitHub, GitLab, Bitbucket). */
  timeoutMs?: number
  /** Whether somebody took bytes out of the stream before. Default false. */
  wasRead?: boolean
}

const DEFAULT_TIMEOUT_MS = 30_000

/**
 * The raw bytes of a request, at most `limit` of them. The declared length is believed only when it is too large; what
 * arrives is counted while it arrives, so a body without a length is held in memory up to the limit and no further.
 *
 * `consumed`: somebody read the body before us. `aborted`: the connection ended first. `too-slow`: it did not end in time.
 */
export async function readBody(
  request: BodySource,
  limit: number,
  { timeoutMs = DEFAULT_TIMEOUT_MS, wasRead = false }: ReadBodyOptions = {},
): Promise<BodyRead> {
  if (isRaw(request)) return judged(request.body, limit)
  if (request.bodyUsed || request.body?.locked) return { ok: false, reason: 'consumed' }
  const declared = declaredLength(request.headers)
  if (declared > limit) return { ok: false, reason: 'too-large' }
  const read = request.body === null ? NOTHING : await inTime(request.body.getReader(), limit, timeoutMs)
  // A stream that somebody has emptied ends at once, or looks as if it was cut.
  if (read.ok ? read.bytes.byteLength === 0 && (declared > 0 || wasRead) : read.reason === 'aborted' && wasRead) {
    return { ok: false, reason: 'consumed' }
  }
  return read
}

const NOTHING: BodyRead = { ok: true, bytes: new Uint8Array() }

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>
  cancel(): Promise<void>
}

/** Node's limit for one timer, 2^31 - 1 ms; more would fire at once. */
const LONGEST_TIMER = 2_147_483_647

async function inTime(reader: Reader, limit: number, timeoutMs: number): Promise<BodyRead> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<BodyRead>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: 'too-slow' }), Math.min(timeoutMs, LONGEST_TIMER))
  })
  const read = await Promise.race([
    drain(reader, limit).catch((): BodyRead => ({ ok: false, reason: 'aborted' })),
    late,
  ])
  clearTimeout(timer)
  // Not awaited: a sender that has stopped sending must not hold up the refusal.
  if (!read.ok) reader.cancel().catch(() => undefined)
  return read
}

async function drain(reader: Reader, limit: number): Promise<BodyRead> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done || value === undefined) return { ok: true, bytes: joined(chunks, size) }
    size += value.byteLength
    if (size > limit) return { ok: false, reason: 'too-large' }
    chunks.push(value)
  }
}

/** Not `instanceof Request`: frameworks bring classes of their own. */
function isRaw(request: BodySource): request is RawRequest {
  return request.body instanceof Uint8Array
}

function judged(bytes: Uint8Array, limit: number): BodyRead {
  return bytes.byteLength > limit ? { ok: false, reason: 'too-large' } : { ok: true, bytes }
}

function declaredLength(headers: Headers): number {
  const text = headers.get('content-length')?.trim() ?? ''
  return /^\d+$/.test(text) ? Number(text) : 0
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
