export type BodyRead = { ok: true; bytes: Uint8Array } | { ok: false; reason: 'too-large' | 'consumed' | 'aborted' }

/** Bytes that are already at hand, or a request they still have to be read from. */
export type BodySource = Request | RawRequest

export interface RawRequest {
  readonly headers: Headers | Record<string, string>
  readonly body: Uint8Array
}

/**
 * The raw bytes of a request, at most `limit` of them. The declared length is believed only when it is too large; what
 * arrives is counted while it arrives, so a body without a length is held in memory up to the limit and no further.
 *
 * `consumed`: somebody read the body before us. `aborted`: the connection ended first.
 */
export async function readBody(request: BodySource, limit: number): Promise<BodyRead> {
  if (isRaw(request)) return judged(request.body, limit)
  if (request.bodyUsed || request.body?.locked) return { ok: false, reason: 'consumed' }
  if (declaredLength(request.headers) > limit) return { ok: false, reason: 'too-large' }
  if (request.body === null) return { ok: true, bytes: new Uint8Array() }
  try {
    return await drain(request.body, limit)
  } catch {
    return { ok: false, reason: 'aborted' }
  }
}

async function drain(body: NonNullable<Request['body']>, limit: number): Promise<BodyRead> {
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { ok: true, bytes: joined(chunks, size) }
    const chunk: Uint8Array = value
    size += chunk.byteLength
    if (size > limit) {
      // Not awaited: a sender that has stopped sending must not hold up the refusal.
      reader.cancel().catch(() => undefined)
      return { ok: false, reason: 'too-large' }
    }
    chunks.push(chunk)
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
