import type { JsonObject } from '@pullwright/core'
import type { FakeRequest, FakeResponse } from '../http/fake-server.ts'
import { rendered } from './agenta-retrieve.ts'
import type { AgentaState } from './agenta-state.ts'

/** `POST /applications/revisions/deploy`: of a revision named by its id, into an environment named by its slug. */
export function deployRevision(state: AgentaState, request: FakeRequest): FakeResponse {
  const { application_revision_ref: revision, environment_ref: environment } = bodyOf(request)
  const id = memberOf(revision, 'id')
  const slug = memberOf(environment, 'slug')
  if (id === null || slug === null) return refused('A revision and an environment must be named.')
  const found = state.revisions.find((one) => one.id === id)
  if (found === undefined) return { status: 404, body: { detail: 'Revision not found.' } }
  state.commitEnvironment(slug, [found], [])
  return { status: 200, body: { count: 1, application_revision: rendered(found) } }
}

/** `POST /applications/revisions/commit`: a new revision of a variant. */
export function commitRevision(state: AgentaState, request: FakeRequest): FakeResponse {
  const { application_revision: revision } = bodyOf(request)
  const variantId = memberOf(revision, 'application_variant_id')
  const data = isObject(revision) ? revision.data : undefined
  const parameters = isObject(data) ? data.parameters : undefined
  const sibling = state.revisions.find(({ variant }) => variant.id === variantId)
  if (sibling === undefined) return { status: 404, body: { detail: 'Variant not found.' } }
  if (!isObject(parameters)) return refused('The revision has no parameters.')
  const message = memberOf(revision, 'message')
  const made = state.commitRevision({
    app: sibling.app.slug,
    variant: sibling.variant.slug,
    parameters,
    ...(message === null ? {} : { message }),
  })
  return { status: 200, body: { count: 1, application_revision: rendered(made) } }
}

function bodyOf({ body }: FakeRequest): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

function memberOf(value: unknown, name: string): string | null {
  const found = isObject(value) ? value[name] : undefined
  return typeof found === 'string' && found !== '' ? found : null
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refused(detail: string): FakeResponse {
  return { status: 400, body: { detail } }
}
