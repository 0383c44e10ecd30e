import type { EndpointRow } from '../ports/store.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { EndpointFacts } from './endpoint-schema.ts'

/** A row before anything is said about it. */
export function blankRow(id: string, project: string, at: number): EndpointRow {
  return {
    id,
    project,
    version: 1,
    createdAt: at,
    updatedAt: at,
    name: null,
    description: null,
    url: '',
    events: [],
    enabled: true,
    disabledReason: null,
    secrets: [],
    settings: null,
  }
}

/** The part of a draft or change that has columns of its own. What people write may hold a secret. */
export function described({ name, description, enabled }: EndpointFacts, redactor: Pick<Redactor, 'value'>) {
  return redactor.value({
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(enabled === undefined ? {} : { enabled, ...(enabled ? { disabledReason: null } : {}) }),
  })
}
