import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** An answer that says its length and is no longer than this goes out in one write, with its headers. */
const MOST_AT_ONCE = 64 * 1024

/** Writes a standard response to Node's, as fast as the client reads. A client that leaves ends the stream behind it. */
export async function respond(response: Response, res: ServerResponse): Promise<void> {
  res.statusCode = response.status
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') res.setHeader(name, value)
  }
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) res.setHeader('set-cookie', cookies)
  if (response.body === null) {
    res.end()
    return
  }
  if (declaredLength(response) <= MOST_AT_ONCE) {
    res.end(new Uint8Array(await response.arrayBuffer()))
    return
  }
  try {
    await pipeline(Readable.fromWeb(response.body), res)
  } catch (error) {
    if (!res.closed) throw error
  }
}

/** Infinite where it is not known. */
function declaredLength({ headers }: Response): number {
  return Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY)
}
