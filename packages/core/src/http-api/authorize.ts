import { isPullwrightError } from '../errors.ts'
import { problemResponse } from '../inbound/answers.ts'
import { CAPABILITIES, type Caller, type Capability } from '../ports/caller.ts'
import type { Logger } from '../ports/logger.ts'
import { isForged } from './cross-origin.ts'

/**
 * The host's own decision about who calls, made from the request or from its framework's (`native`), where sessions
 * are. `null`: not signed in.
 */
export type Authorize = (request: Request, native?: unknown) => Caller | null | Promise<Caller | null>

export interface Gate {
  authorize: Authorize | undefined
  /** Other origins whose pages may use the caller's cookies here, such as `https://admin.example.com`. */
  allowedOrigins: readonly string[]
  log: Logger
  /** Throws `forbidden` where the caller lacks the capability: the check that is inside, too. */
  need: (caller: Caller, capability: Capability, doing: string) => Promise<void>
}

/** How to open what is closed. */
export const NEEDS_AUTHORIZE =
  'This is closed until the host says who may do what: give `authorize: (request, native) => ({ subject, project, ' +
  'capabilities })` to createPullwrightHandler or pullwrightExpress.'

/** The caller, when they have the capability; else the refusal to answer with: 401 or 403. */
export async function permit(
  gate: Gate,
  capability: Capability,
  request: Request,
  native: unknown,
  doing: string,
): Promise<Caller | Response> {
  const caller = await identify(gate, request, native)
  if (caller instanceof Response) return caller
  try {
    await gate.need(caller, capability, doing)
    return caller
  } catch (error) {
    if (!isPullwrightError(error) || error.code !== 'forbidden') throw error
    return problemResponse(403, 'forbidden', 'Forbidden', { detail: error.message })
  }
}

/** Who calls, whatever they may do; else the refusal to answer with. */
export async function identify(gate: Gate, request: Request, native: unknown): Promise<Caller | Response> {
  if (gate.authorize === undefined) {
    return problemResponse(403, 'authorize-missing', 'Forbidden', { detail: NEEDS_AUTHORIZE })
  }
  if (isForged(request, gate.allowedOrigins)) {
    return problemResponse(403, 'cross-origin', 'Forbidden', {
      detail: 'A request with cookies must come from this origin: list others in `allowedOrigins`.',
    })
  }
  const caller = await gate.authorize(request, native)
  if (caller === null || caller === undefined) {
    return problemResponse(401, 'unauthorized', 'Unauthorized', { headers: { 'www-authenticate': 'Bearer' } })
  }
  if (isCaller(caller)) return caller
  gate.log.error({}, '`authorize` must answer null or { subject, project, capabilities }; nobody was let in')
  return problemResponse(500, 'failed', 'Internal Server Error')
}

/** Checked, because a project that is missing must not become another one. */
function isCaller({ subject, project, capabilities }: Partial<Caller>): boolean {
  const named = (name: unknown) => typeof name === 'string' && name !== '' && name !== '*'
  return (
    named(subject) &&
    named(project) &&
    Array.isArray(capabilities) &&
    capabilities.every((capability) => CAPABILITIES.includes(capability))
  )
}
