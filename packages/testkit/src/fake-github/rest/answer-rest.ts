import type { FakeResponse } from '../../http/fake-server.ts'
import type { Session } from '../model/access.ts'
import type { Refusal } from '../model/refusal.ts'
import type { World } from '../model/world.ts'
import type { Incoming } from '../recorded-request.ts'

/** Routes a REST request; what GitHub would refuse becomes its error body. */
export async function answerRest(world: World, _session: Session, incoming: Incoming): Promise<FakeResponse> {
  const { method } = incoming.record
  const message = `fakeGitHub has no route ${method} ${incoming.route}`
  world.violations.push(`REST: ${message}`)
  return { status: 501, body: { message, status: '501' } }
}

export function refusalResponse(refusal: Refusal): FakeResponse {
  const { restMessage, restErrors = [], accepted } = refusal.options
  return {
    status: refusal.status,
    ...(accepted === undefined ? {} : { headers: { 'x-accepted-github-permissions': accepted } }),
    body: {
      message: restMessage ?? refusal.message,
      ...(restErrors.length === 0 ? {} : { errors: restErrors }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(refusal.status),
    },
  }
}
