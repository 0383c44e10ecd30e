import { aText, checkFields, wholeNumber } from '../check-fields.ts'
import { projectOf } from '../engine/names.ts'
import { PullwrightError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { EndpointRow } from '../ports/store.ts'
import { shownEndpoint } from './endpoint.ts'
import { createEndpointDrafts } from './endpoint-drafts.ts'
import { endpointHealth } from './endpoint-health.ts'
import { createOpener } from './endpoint-secrets.ts'
import { cancelDeliveries, changedMeanwhile, changeEndpoint } from './endpoint-store.ts'
import type { Endpoints, EndpointsParts } from './endpoints-api.ts'
import { testEndpoint } from './test-endpoint.ts'

export type { Endpoints, EndpointsParts } from './endpoints-api.ts'

export function createEndpoints(parts: EndpointsParts): Endpoints {
  const { store, clock, redactor } = parts
  const open = createOpener(parts.secretBox, clock)
  const drafts = createEndpointDrafts(parts, open)

  return {
    async create(input) {
      const { row, secret } = await drafts.made(input)
      if (!(await store.endpoints.put(row))) throw changedMeanwhile(row.id)
      await note('endpoint.create', row)
      return { ...shownEndpoint(row), secret }
    },

    async list(filter = {}) {
      checkFields('webhooks.endpoints.list', filter, { project: aText })
      const all = filter.project === '*' && parts.project === undefined
      const rows = await store.endpoints.list(all ? {} : { project: projectOf(filter.project, parts.project) })
      return rows.map(shownEndpoint)
    },

    get: async (id) => shownEndpoint(await find(id)),

    async update(id, input) {
      const { old, row } = await drafts.changed(input, (version) => find(id, version))
      if (!(await store.endpoints.put(row))) throw changedMeanwhile(id)
      if (row.url !== old.url || row.enabled !== old.enabled) await parts.health?.reset(id)
      if (old.enabled && !row.enabled) await announceDisabled(row)
      await note('endpoint.update', row, { changed: Object.keys(input) })
      return shownEndpoint(row)
    },

    async remove(id, options = {}) {
      checkFields('webhooks.endpoints.remove', options, VERSIONED)
      const { version } = options
      const row = await find(id, version)
      if (!(await store.endpoints.remove(id, row.project, version))) {
        throw version === undefined ? notFound(id) : changedMeanwhile(id)
      }
      await parts.health?.reset(id)
      const cancelled = await cancelDeliveries(store, row, clock.now())
      await note('endpoint.remove', row, { cancelled })
    },

    async health(id) {
      const row = await find(id)
      return endpointHealth(row, (await parts.health?.of(id)) ?? null)
    },

    enable: async (id, options = {}) => {
      checkFields('webhooks.endpoints.enable', options, VERSIONED)
      const { version } = options
      await find(id, version)
      // First, so that nothing is left by which it might be switched off again.
      await parts.health?.reset(id)
      const row = await change(id, version, (old) => ({ ...old, enabled: true, disabledReason: null }))
      await note('endpoint.enable', row)
      return shownEndpoint(row)
    },

    disable: async (id, options = {}) => {
      checkFields('webhooks.endpoints.disable', options, { ...VERSIONED, reason: aText })
      const { reason, version } = options
      const disabledReason = redactor.text(reason ?? BY_HAND)
      let wasEnabled = false
      const row = await change(id, version, (old) => {
        wasEnabled = old.enabled
        return { ...old, enabled: false, disabledReason }
      })
      await parts.health?.reset(id)
      if (wasEnabled) await announceDisabled(row)
      await note('endpoint.disable', row)
      return shownEndpoint(row)
    },

    async rotateSecret(id, input = {}) {
      const { secret, overlapSeconds, version, edit } = await drafts.rotated(input, (read) => find(id, read))
      const row = await change(id, version, edit)
      await note('endpoint.rotate-secret', row, { overlapSeconds })
      return { ...shownEndpoint(row), secret }
    },

    async test(idOrDraft) {
      const run = { ...parts, random: parts.random ?? Math.random }
      if (typeof idOrDraft !== 'string') return testEndpoint(await drafts.tried(idOrDraft), run)
      const row = await find(idOrDraft)
      return testEndpoint({ row, ...(await open(row)) }, run)
    },
  }

  async function find(id: string, version?: number): Promise<EndpointRow> {
    const row = await store.endpoints.get(id, parts.project)
    if (row === null) throw notFound(id)
    return atVersion(row, version)
  }

  async function change(
    id: string,
    version: number | undefined,
    edit: (row: EndpointRow) => EndpointRow,
  ): Promise<EndpointRow> {
    const fenced = (row: EndpointRow) => edit(atVersion(row, version))
    const row = await changeEndpoint(store, id, parts.project, clock.now(), fenced)
    if (row === null) throw notFound(id)
    return row
  }

  async function announceDisabled({ id, project, url, disabledReason }: EndpointRow): Promise<void> {
    const data = { endpoint_id: id, url: redactor.url(url), reason: disabledReason ?? BY_HAND }
    await parts.announce?.({ type: 'endpoint.disabled', data, project })
  }

  async function note(action: string, row: EndpointRow, more: JsonObject = {}): Promise<void> {
    const details = { url: redactor.url(row.url), events: row.events, ...more }
    await parts.audit?.record({ action, target: row.id, project: row.project, details })
  }
}

const BY_HAND = 'Disabled by hand'

const VERSIONED = { version: wholeNumber }

function atVersion(row: EndpointRow, version: number | undefined): EndpointRow {
  if (version === undefined || version === row.version) return row
  throw changedMeanwhile(row.id)
}

function notFound(id: string): PullwrightError {
  return new PullwrightError('not-found', `There is no endpoint ${JSON.stringify(id)} in this project`)
}
