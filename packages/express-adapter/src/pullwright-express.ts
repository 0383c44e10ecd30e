import type { IncomingMessage, ServerResponse } from 'node:http'
import { createPullwrightHandler, type PullwrightHandlerOptions, type PullwrightHttp } from '@pullwright/core'
import { respond } from './respond.ts'
import { toRequest, urlOf } from './to-request.ts'

/** Where it is mounted Express says itself. */
export type PullwrightExpressOptions = Omit<PullwrightHandlerOptions, 'basePath'>

/** Fits `RequestHandler` of Express 4 and 5 alike, whatever version of their types a host has. */
export type PullwrightMiddleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void

/**
 * Pullwright's HTTP surface as Express middleware, for Express 4 and 5. Mount it before any body parser:
 *
 *     app.use('/pullwright', pullwrightExpress(pullwright))
 *     app.use(express.json())
 *
 * Behind a parser it needs the bytes: `express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes } })`, or
 * `express.raw({ type: () => true })`. With `authorize` the admin API is mounted, too; it sees Express's own request as its
 * second argument. A path that is none of ours goes on to the host's next
 * middleware, its body untouched; so does an error.
 */
export function pullwrightExpress(
  pullwright: { readonly http: PullwrightHttp },
  options: PullwrightExpressOptions = {},
): PullwrightMiddleware {
  // Express has already taken the mount point off `req.url`.
  const handle = createPullwrightHandler(pullwright, { ...options, basePath: '' })

  return (req, res, next) => {
    // A standard Request cannot carry TRACE.
    if (!handle.matches(urlOf(req).pathname) || req.method === 'TRACE') return next()
    const gone = new AbortController()
    // To abort is dear, and after the answer nobody listens.
    res.once('close', () => {
      if (!res.writableFinished) gone.abort()
    })
    toRequest(req, gone.signal)
      .then((request) => handle(request, req))
      .then((response) => respond(response, res))
      .catch((error: unknown) => (res.headersSent ? res.destroy() : next(error)))
      // What nobody read is let go, so that the next request on this connection is not held up behind it.
      .finally(() => req.resume())
  }
}
