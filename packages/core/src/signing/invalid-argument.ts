/**
 * A `PullwrightError` by its marker: made here, so that this entry point loads nothing of the rest.
 * `isPullwrightError` knows it.
 */
export function invalidArgument(message: string): Error {
  const error = Object.assign(new TypeError(message), { code: 'invalid-argument', problems: [] })
  error.name = 'PullwrightError'
  return Object.defineProperty(error, Symbol.for('pullwright.error'), { value: true })
}

/** The commonest mistake of all is a body that was parsed, so the message says so. */
export function checkBody(body: unknown): string | Uint8Array {
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  throw invalidArgument(
    'The body must be the raw bytes as they came (a string, Uint8Array or ArrayBuffer), not what a parser made of them: ' +
      'read it before any JSON middleware, as with express.raw({ type: "*/*" })',
  )
}
