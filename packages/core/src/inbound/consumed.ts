/**
 * Which line a host must change where a parser read the body before us: the commonest mistake with webhooks everywhere.
 * `native` is the framework's own request, by which the framework is known; none is a host of standard requests.
 */
export function consumedAdvice(native?: unknown): string {
  const known = FRAMEWORKS.find(({ is }) => is(membersOf(native)))
  return `${WHAT} ${known === undefined ? [EXPRESS, ELSEWHERE].join(' ') : known.line}`
}

/** Whether the stream behind the framework's request gave out bytes already. */
export function wasRead(native: unknown): boolean {
  const request = membersOf(native)
  return [request, request.raw, request.req].some((stream) => membersOf(stream).readableDidRead === true)
}

type Members = Readonly<Record<string, unknown>>

const WHAT = 'The body was read before Pullwright could verify its bytes.'

const EXPRESS =
  "Put `app.use('/pullwright', pullwrightExpress(pullwright))` before `app.use(express.json())`, or keep the bytes: " +
  '`express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes } })`.'

const ELSEWHERE =
  'In other frameworks, hand the request on before a body parser has read it, or let the parser keep the bytes in ' +
  '`rawBody` of the request.'

/** In order: the first that fits. What is asked for are members that no other of them has. */
const FRAMEWORKS: readonly { is: (request: Members) => boolean; line: string }[] = [
  { is: (request) => typeof request.app === 'function' && request.res !== undefined, line: EXPRESS },
  {
    // Fastify: https://fastify.dev/docs/latest/Reference/Request/
    is: (request) => request.routeOptions !== undefined && request.raw !== undefined,
    line:
      'Put `app.removeAllContentTypeParsers()` and ' +
      "`app.addContentTypeParser('*', (_request, _payload, done) => done(null))` into the plugin that mounts Pullwright, " +
      "or keep the bytes: `app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => " +
      '{ request.rawBody = bytes; done(null, JSON.parse(bytes)) })`.',
  },
  {
    // Hono's context: https://hono.dev/docs/api/context
    is: (request) => membersOf(request.req).raw !== undefined,
    line:
      "Put `app.route('/pullwright', pullwrightHono(pullwright, { basePath: '/pullwright' }))` before the middleware " +
      'that reads `context.req.json()`.',
  },
  {
    // Next.js, pages: https://nextjs.org/docs/pages/building-your-application/routing/api-routes
    is: (request) => request.query !== undefined && request.cookies !== undefined && request.headers !== undefined,
    line: 'Add `export const config = { api: { bodyParser: false } }` to the API route that mounts Pullwright.',
  },
  {
    is: (request) => request === NOTHING,
    line:
      'Give the request to Pullwright before `await request.json()` (in Next.js: `export const POST = (request: Request) ' +
      '=> handle(request)`), or read a copy: `await request.clone().json()`. ' +
      `Behind Express: ${EXPRESS}`,
  },
]

const NOTHING: Members = {}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : NOTHING
}
