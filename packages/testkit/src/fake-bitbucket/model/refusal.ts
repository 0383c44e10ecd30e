/** An answer that is an error. Bitbucket's own shape: `{ type: 'error', error: { message, detail?, fields?, data? } }`. */
export class Refusal extends Error {
  readonly status: number
  readonly more: Record<string, unknown>

  constructor(status: number, message: string, more: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.more = more
  }
}

export function errorBody(message: string, more: Record<string, unknown> = {}) {
  return { type: 'error', error: { message, ...more } }
}

/** How forms are refused: a sentence for each field. */
export function badFields(fields: Record<string, string[]>): Refusal {
  return new Refusal(400, 'Bad request', { fields })
}

export function notFound(message: string): Refusal {
  return new Refusal(404, message)
}
