/** What GitLab would refuse, in its words. */
export class Refusal extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    super(`${status} ${JSON.stringify(body)}`)
    this.name = 'Refusal'
    this.status = status
    this.body = body
  }
}

/** `{ message }`, as most of GitLab's refusals are. */
export function refusal(status: number, message: unknown): Refusal {
  return new Refusal(status, { message })
}

export const notFound = (what = ''): Refusal => refusal(404, what === '' ? '404 Not found' : `404 ${what} Not Found`)

export const forbidden = (why = ''): Refusal => refusal(403, why === '' ? '403 Forbidden' : `403 Forbidden - ${why}`)

export const unauthorized = (): Refusal => refusal(401, '401 Unauthorized')

/** Parameters that do not fit come as `{ error }`. */
export const badParameter = (error: string): Refusal => new Refusal(400, { error })
