import { isPullwrightError } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'
import type { InboundRequest, InboundSource } from '../ports/source.ts'
import { problemResponse } from './answers.ts'
import type { BodyRead } from './read-body.ts'

/** Also where an adapter was given no secret: the log says what there is. */
export function unknownSource(name: string, sources: Iterable<string>, log: Logger): Response {
  log.warn({ source: name.slice(0, 128), sources: [...sources] }, 'A delivery was refused: it has no source')
  return problemResponse(404, 'unknown-source', 'Not Found', {
    detail: 'No source of this name receives webhooks here.',
  })
}

export function refuseBody(
  reason: Extract<BodyRead, { ok: false }>['reason'],
  source: InboundSource,
  { limit, advice, log }: { limit: number; advice: string; log: Logger },
): Response {
  if (reason === 'too-large') {
    log.warn({ source: source.name, limit }, 'A delivery was refused: its body is over the limit')
    return problemResponse(413, 'too-large', 'Content Too Large', { detail: `At most ${limit} bytes are taken.` })
  }
  if (reason === 'aborted') {
    log.warn({ source: source.name }, 'A delivery was refused: the connection ended before its body did')
    return problemResponse(400, 'incomplete', 'Bad Request', { detail: 'The body ended early. Send it again.' })
  }
  if (reason === 'too-slow') {
    log.warn({ source: source.name }, 'A delivery was refused: its body took too long to come')
    return problemResponse(408, 'too-slow', 'Request Timeout', {
      detail: 'The body took too long to come. Send it again.',
      headers: { connection: 'close' },
    })
  }
  log.error({ source: source.name }, advice)
  return problemResponse(500, 'body-consumed', 'Internal Server Error', { detail: advice })
}

export function refuseSignature(reason: string, source: InboundSource, request: InboundRequest, log: Logger): Response {
  const hint =
    reason === 'no-match' ? '; the secret differs, or something parsed and rewrote the body before it got here' : ''
  log.warn(
    { source: source.name, reason, deliveryId: deliveryIdForLog(source, request) },
    `A delivery was refused${hint}`,
  )
  // RFC 9110 wants a challenge with every 401.
  return problemResponse(401, 'unauthorized', 'Unauthorized', { headers: { 'www-authenticate': 'Signature' } })
}

export function refuseJson(source: InboundSource, request: InboundRequest, log: Logger): Response {
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  const detail = form
    ? 'The body is a form. Set the content type of the webhook to application/json.'
    : 'The body is not JSON in UTF-8.'
  log.warn({ source: source.name }, `A delivery was refused: ${detail}`)
  return problemResponse(400, 'not-json', 'Bad Request', { detail })
}

/** Authentic, but not what the source understands. Our own errors say what to do about it and go to the sender, too. */
export function refuseMeaning(error: unknown, source: InboundSource, log: Logger): Response {
  log.error(
    { source: source.name, error: messageOf(error) },
    'A delivery was refused: its source did not understand it',
  )
  const detail = isPullwrightError(error) ? error.message : 'The content was not understood; the reason is in the log.'
  return problemResponse(422, 'not-understood', 'Unprocessable Content', { detail })
}

function deliveryIdForLog(source: InboundSource, request: InboundRequest): string | null {
  return source.deliveryId(request)?.slice(0, 128) ?? null
}

/** Never the error itself: a store's may carry the row it failed on. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
