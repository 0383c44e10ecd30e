import { newId } from '../engine/ids.ts'
import { projectOf } from '../engine/names.ts'
import { PullwrightError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { EndpointRow } from '../ports/store.ts'
import { generateSecret } from '../signing/index.ts'
import { checkProof } from './check-proof.ts'
import { shownEndpoint } from './endpoint.ts'
import { keepHidden, mergeSettings, shownHeaders } from './endpoint-facts.ts'
import { endpointHealth } from './endpoint-health.ts'
import { blankRow, described } from './endpoint-row.ts'
import { createOpener, sealFor } from './endpoint-secrets.ts'
import { DEFAULT_SETTINGS, type EndpointSettings, settingsOf, toStored } from './endpoint-settings.ts'
import { cancelDeliveries, changedMeanwhile, changeEndpoint } from './endpoint-store.ts'
import type { Endpoints, EndpointsParts } from './endpoints-api.ts'
import { testEndpoint } from './test-endpoint.ts'

export type { Endpoints, EndpointsParts } from './endpoints-api.ts'

/** Standard Webhooks and Svix keep a rotated secret for a day. */
const DEFAULT_OVERLAP_SECONDS = 86_400

/** When an endpoint is first written: making them would cost every program that loads this. */
const loadSchemas = () => import('./endpoint-schema.ts')

export function createEndpoints(parts: EndpointsParts): Endpoints {
  const { store, clock, redactor, guard } = parts
  const open = createOpener(parts.secretBox, clock)
  const seal = (id: string, text: string) => sealFor(id, text, parts.secretBox)

  return {
    async create(input) {
      const { endpointSchemas, parseEndpoint } = await loadSchemas()
      const {
        project,
        url,
        events,
        secret = generateSecret(),
        ...facts
      } = parseEndpoint(endpointSchemas.draft, input, DRAFT)
      const at = clock.now()
      const id = newId('end', at)
      const settings = mergeSettings(DEFAULT_SETTINGS, facts)
      guard.check(url)
      checkProof(settings.schemes, secret, facts.headers)
      const row: EndpointRow = {
        ...blankRow(id, projectOf(project, parts.project), at),
        ...described(facts, redactor),
        url,
        events,
        secrets: [{ sealed: await seal(id, secret), createdAt: at, expiresAt: null }],
        settings: toStored(await withHeaders(id, settings, facts.headers)),
      }
      if (!(await store.endpoints.put(row))) throw changedMeanwhile(id)
      await note('endpoint.create', row)
      return { ...shownEndpoint(row), secret }
    },

    async list(filter = {}) {
      const all = filter.project === '*' && parts.project === undefined
      const rows = await store.endpoints.list(all ? {} : { project: projectOf(filter.project, parts.project) })
      return rows.map(shownEndpoint)
    },

    get: async (id) => shownEndpoint(await find(id)),

    async update(id, input) {
      const { endpointSchemas, parseEndpoint } = await loadSchemas()
      const { version, url, events, ...facts } = parseEndpoint(
        endpointSchemas.change,
        input,
        'This change cannot be made',
      )
      if (url !== undefined) guard.check(url)
      const old = atVersion(await find(id), version)
      const before = settingsOf(old)
      const settings = mergeSettings(before, facts)
      const headers = facts.headers === undefined ? undefined : await unhide(old, facts.headers)
      if (facts.scheme ?? facts.schemes ?? headers) {
        const opened = await open(old)
        checkProof(settings.schemes, opened.secrets[0] ?? '', headers ?? opened.headers)
      }
      const row: EndpointRow = {
        ...old,
        ...described(facts, redactor),
        ...(url === undefined ? {} : { url }),
        ...(events === undefined ? {} : { events }),
        settings: toStored(await withHeaders(id, settings, headers)),
        version: old.version + 1,
        updatedAt: clock.now(),
      }
      if (!(await store.endpoints.put(row))) throw changedMeanwhile(id)
      if (row.url !== old.url || row.enabled !== old.enabled) await parts.health?.reset(id)
      if (old.enabled && !row.enabled) await announceDisabled(row)
      await note('endpoint.update', row, { changed: Object.keys(input) })
      return shownEndpoint(row)
    },

    async remove(id) {
      const row = await find(id)
      await store.endpoints.remove(id, row.project)
      await parts.health?.reset(id)
      const cancelled = await cancelDeliveries(store, row, clock.now())
      await note('endpoint.remove', row, { cancelled })
    },

    async health(id) {
      const row = await find(id)
      return endpointHealth(row, (await parts.health?.of(id)) ?? null)
    },

    enable: async (id, { version } = {}) => {
      atVersion(await find(id), version)
      // First, so that nothing is left by which it might be switched off again.
      await parts.health?.reset(id)
      const row = await change(id, version, (old) => ({ ...old, enabled: true, disabledReason: null }))
      await note('endpoint.enable', row)
      return shownEndpoint(row)
    },

    disable: async (id, { reason, version } = {}) => {
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
      const { endpointSchemas, parseEndpoint } = await loadSchemas()
      const {
        overlapSeconds = DEFAULT_OVERLAP_SECONDS,
        secret = generateSecret(),
        version,
      } = parseEndpoint(endpointSchemas.rotation, input, 'This secret cannot be rotated')
      const at = clock.now()
      checkProof(settingsOf(await find(id)).schemes, secret, undefined)
      const fresh = { sealed: await seal(id, secret), createdAt: at, expiresAt: null }
      const row = await change(id, version, (old) => {
        const until = at + overlapSeconds * 1000
        const still = old.secrets.map((one) => ({ ...one, expiresAt: Math.min(one.expiresAt ?? until, until) }))
        return { ...old, secrets: [fresh, ...still.filter(({ expiresAt }) => expiresAt > at)] }
      })
      await note('endpoint.rotate-secret', row, { overlapSeconds })
      return { ...shownEndpoint(row), secret }
    },

    async test(idOrDraft) {
      const run = { ...parts, random: parts.random ?? Math.random }
      if (typeof idOrDraft === 'string') {
        const row = await find(idOrDraft)
        return testEndpoint({ row, ...(await open(row)) }, run)
      }
      const { endpointSchemas, parseEndpoint } = await loadSchemas()
      const {
        project,
        url,
        events = ['*'],
        secret = generateSecret(),
        ...facts
      } = parseEndpoint(endpointSchemas.testDraft, idOrDraft, DRAFT)
      const at = clock.now()
      const settings = mergeSettings(DEFAULT_SETTINGS, facts)
      checkProof(settings.schemes, secret, facts.headers)
      const row = {
        ...blankRow(newId('end', at), projectOf(project, parts.project), at),
        url,
        events,
        settings: toStored(settings),
      }
      return testEndpoint({ row, secrets: [secret], headers: facts.headers ?? {} }, run)
    },
  }

  async function find(id: string): Promise<EndpointRow> {
    return (await store.endpoints.get(id, parts.project)) ?? notFound(id)
  }

  async function change(
    id: string,
    version: number | undefined,
    edit: (row: EndpointRow) => EndpointRow,
  ): Promise<EndpointRow> {
    const fenced = (row: EndpointRow) => edit(atVersion(row, version))
    return (await changeEndpoint(store, id, parts.project, clock.now(), fenced)) ?? notFound(id)
  }

  async function announceDisabled({ id, project, url, disabledReason }: EndpointRow): Promise<void> {
    const data = { endpoint_id: id, url: redactor.url(url), reason: disabledReason ?? BY_HAND }
    await parts.announce?.({ type: 'endpoint.disabled', data, project })
  }

  async function withHeaders(
    id: string,
    settings: EndpointSettings,
    headers: Readonly<Record<string, string>> | undefined,
  ): Promise<EndpointSettings> {
    if (headers === undefined) return settings
    const none = Object.keys(headers).length === 0
    const sealedHeaders = none ? null : await seal(id, JSON.stringify(headers))
    return { ...settings, headers: shownHeaders(headers, redactor), sealedHeaders }
  }

  async function unhide(row: EndpointRow, headers: Record<string, string>): Promise<Record<string, string>> {
    return keepHidden(headers, { shown: settingsOf(row).headers, real: (await open(row)).headers })
  }

  async function note(action: string, row: EndpointRow, more: JsonObject = {}): Promise<void> {
    const details = { url: redactor.url(row.url), events: row.events, ...more }
    await parts.audit?.record({ action, target: row.id, project: row.project, details })
  }
}

const BY_HAND = 'Disabled by hand'

const DRAFT = 'This endpoint cannot be made'

function atVersion(row: EndpointRow, version: number | undefined): EndpointRow {
  if (version === undefined || version === row.version) return row
  throw changedMeanwhile(row.id)
}

function notFound(id: string): never {
  throw new PullwrightError('not-found', `There is no endpoint ${JSON.stringify(id)} in this project`)
}
