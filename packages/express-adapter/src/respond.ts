import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

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
  try {
    await pipeline(Readable.fromWeb(response.body), res)
  } catch (error) {
    if (!res.closed) throw error
  }
}
