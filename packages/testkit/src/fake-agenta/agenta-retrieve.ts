import type { FakeRequest, FakeResponse } from '../http/fake-server.ts'
import type { AgentaRevision, AgentaState } from './agenta-state.ts'

interface Reference {
  id?: string
  slug?: string
  version?: string
}

type Query = Partial<
  Record<
    'application_ref' | 'application_variant_ref' | 'application_revision_ref' | 'environment_ref',
    Reference | null
  >
> & { key?: string }

/** `POST /applications/revisions/retrieve`. What is not there is an answer 200 with `count: 0`. */
export function retrieveRevision(state: AgentaState, request: FakeRequest): FakeResponse {
  const query = parsed(request.body)
  if (query === null)
    return { status: 422, body: { detail: [{ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error' }] } }
  const known = [query.application_ref, query.application_variant_ref, query.environment_ref]
  const revision = query.application_revision_ref
  const named = known.some(isNamed) || isNamed(revision)
  if (!named)
    return { status: 400, body: { detail: 'A revision needs an id, a slug, or a version of a named variant.' } }
  const found = find(state, query)
  return { status: 200, body: { count: found ? 1 : 0, application_revision: found ? rendered(found) : null } }
}

function find(state: AgentaState, query: Query): AgentaRevision | undefined {
  if (isNamed(query.environment_ref)) {
    const deployed = state.deployed(query.environment_ref)
    const key = query.key?.replace(/\.revision$/, '')
    return [...(deployed?.values() ?? [])].find(
      ({ app }) => app.slug === key || (isNamed(query.application_ref) && matches(app, query.application_ref)),
    )
  }
  return state.revisions.findLast(
    (revision) =>
      matches(revision, query.application_revision_ref) &&
      matches(revision.variant, query.application_variant_ref) &&
      matches(revision.app, query.application_ref),
  )
}

function matches(thing: Reference, reference: Reference | null | undefined): boolean {
  const { id, slug, version } = reference ?? {}
  return (
    (id === undefined || id === thing.id) &&
    (slug === undefined || slug === thing.slug) &&
    (version === undefined || version === thing.version)
  )
}

function isNamed(reference: Reference | null | undefined): reference is Reference {
  return reference?.id !== undefined || reference?.slug !== undefined
}

export function rendered(revision: AgentaRevision) {
  const { id, slug, version, app, variant, message, author, date, parameters } = revision
  return {
    id,
    slug,
    version,
    application_id: app.id,
    application_slug: app.slug,
    application_variant_id: variant.id,
    application_variant_slug: variant.slug,
    message,
    author,
    date,
    data: { parameters, uri: `user:custom:${app.slug}:latest` },
  }
}

function parsed(body: Buffer): Query | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}
