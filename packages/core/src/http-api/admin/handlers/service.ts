import type { Handlers, Of } from '../call.ts'
import { given, invalidCursor, listed, periodOf } from '../pages.ts'

type Ids = Of<'audit'> | Of<'service'> | Of<'sources'> | Of<'policies'>

export const serviceHandlers: Handlers<Ids> = {
  'audit.list': async ({ surface, query }) => {
    const { limit = 50, cursor, action } = query
    // Counted in each project, so the number itself may be shown.
    const after = cursor === undefined ? {} : { after: sequenceOf(cursor) }
    const filter = { ...given({ action }), ...periodOf(query), ...after }
    const entries = await surface.audit.list({ ...filter, limit: limit + 1 })
    const next = entries.length > limit ? entries[limit - 1]?.sequence : undefined
    return listed(entries.slice(0, limit), next === undefined ? null : String(next))
  },
  'audit.verify': async ({ surface }) => ({ body: await surface.audit.verify() }),
  'audit.export': async ({ surface, query }) => {
    const { format = 'jsonl', action } = query
    const body = await surface.audit.export({ format, ...given({ action }), ...periodOf(query) })
    const type = format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl; charset=utf-8'
    return {
      raw: body,
      headers: { 'content-type': type, 'content-disposition': `attachment; filename="audit.${format}"` },
    }
  },
  'service.health': async ({ http }) => ({ body: await http.health() }),
  'service.ready': async ({ http }) => {
    const report = await http.ready()
    const { ready, ...facts } = report
    return { body: { status: ready ? 'ready' : 'not-ready', ...facts }, status: ready ? 200 : 503 }
  },
  'service.openapi': ({ openapi }) => ({ raw: openapi() }),
  'sources.list': ({ http }) =>
    listed(
      http.admin.sources.map(({ name, maxBodyBytes }) => ({ name, maxBodyBytes, path: `/hooks/${name}` })),
      null,
    ),
  'policies.list': ({ http }) => listed(http.admin.policies, null),
}

function sequenceOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw invalidCursor()
}
