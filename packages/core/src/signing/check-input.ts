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
    'The body must be the raw bytes (a string, Uint8Array or ArrayBuffer), not parsed: ' +
      'read it before JSON middleware, as with express.raw({ type: "*/*" })',
  )
}

/** What is no secret is empty in it, so that an index stays what it was. */
export function secretsOf(secrets: string | readonly string[] | undefined): readonly string[] {
  if (typeof secrets === 'string') return [secrets]
  if (!Array.isArray(secrets)) return []
  return secrets.map((secret: unknown) => (typeof secret === 'string' ? secret : ''))
}
