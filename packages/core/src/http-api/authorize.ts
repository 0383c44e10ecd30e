import { problemResponse } from '../inbound/answers.ts'
import type { Caller, Capability } from '../ports/caller.ts'

/**
 * The host's own decision about who calls, made from the request or from its framework's (`native`), where sessions
 * are. `null`: not signed in.
 */
export type Authorize = (request: Request, native?: unknown) => Caller | null | Promise<Caller | null>

/** The caller, when they have the capability; else the refusal to answer with: 401 or 403. */
export async function permit(
  authorize: Authorize | undefined,
  capability: Capability,
  request: Request,
  native: unknown,
): Promise<Caller | Response> {
  if (authorize === undefined) {
    return problemResponse(403, 'authorize-missing', 'Forbidden', {
      detail: 'This route is closed until the host gives `authorize` to createPullwrightHandler or pullwrightExpress.',
    })
  }
  const caller = await authorize(request, native)
  if (caller === null || caller === undefined) {
    return problemResponse(401, 'unauthorized', 'Unauthorized', { headers: { 'www-authenticate': 'Bearer' } })
  }
  if (!caller.capabilities.includes(capability)) {
    return problemResponse(403, 'forbidden', 'Forbidden', { detail: `This needs the capability \`${capability}\`.` })
  }
  return caller
}
