import { newId } from '../engine/ids.ts'
import { projectOf } from '../engine/names.ts'
import type { EndpointRow } from '../ports/store.ts'
import { generateSecret } from '../signing/index.ts'
import { checkProof } from './check-proof.ts'
import { keepHidden, mergeSettings, shownHeaders } from './endpoint-facts.ts'
import { blankRow, described } from './endpoint-row.ts'
import type { EndpointChange, EndpointDraft, EndpointTestDraft, SecretRotation } from './endpoint-schema.ts'
import { type OpenedEndpoint, sealFor } from './endpoint-secrets.ts'
import { DEFAULT_SETTINGS, type EndpointSettings, settingsOf, toStored } from './endpoint-settings.ts'
import type { EndpointsParts } from './endpoints-api.ts'

/** A row with what of it is sealed, opened. */
export interface TriedEndpoint extends OpenedEndpoint {
  row: EndpointRow
}

/** Makes rows of what people write, sealed and checked. Stores nothing. */
export interface EndpointDrafts {
  /** A new endpoint and its secret. */
  made(draft: EndpointDraft): Promise<{ row: EndpointRow; secret: string }>
  /** An endpoint that is tried without being saved. */
  tried(draft: EndpointTestDraft): Promise<TriedEndpoint>
  /** The next version of what `find` answers for the version that was read. */
  changed(change: EndpointChange, find: Find): Promise<{ old: EndpointRow; row: EndpointRow }>
  /** A new secret, and how a row looks with it. */
  rotated(rotation: SecretRotation, find: Find): Promise<Rotated>
}

type Find = (version: number | undefined) => Promise<EndpointRow>

interface Rotated {
  secret: string
  overlapSeconds: number
  version: number | undefined
  edit: (row: EndpointRow) => EndpointRow
}

type Parts = Pick<EndpointsParts, 'clock' | 'guard' | 'redactor' | 'secretBox' | 'project'>

/** Standard Webhooks and Svix keep a rotated secret for a day. */
const DEFAULT_OVERLAP_SECONDS = 86_400

const DRAFT = 'This endpoint cannot be made'

/** When an endpoint is first written: making them would cost every program that loads this. */
const loadSchemas = () => import('./endpoint-schema.ts')

export function createEndpointDrafts(
  { clock, guard, redactor, secretBox, project: bound }: Parts,
  open: (row: EndpointRow) => OpenedEndpoint | Promise<OpenedEndpoint>,
): EndpointDrafts {
  const seal = (id: string, text: string) => sealFor(id, text, secretBox)

  return {
    async made(input) {
      const { endpointSchemas, parseEndpoint } = await loadSchemas()
      const draft = parseEndpoint(endpointSchemas.draft, input, DRAFT)
      const { project, url, events, secret = generateSecret(), ...facts } = draft
      const at = clock.now()
      const id = newId('end', at)
      const settings = mergeSettings(DEFAULT_SETTINGS, facts)
      guard.check(url)
      checkProof(settings.schemes, secret, facts.headers)
      const row: EndpointRow = {
        ...blankRow(id, projectOf(project, bound), at),
        ...described(facts, redactor),
        url,
        events,
        secrets: [{ sealed: await seal(id, secret), createdAt: at, expiresAt: null }],
        settings: toStored(await withHeaders(id, settings, facts.headers)),
      }
      return { row, secret }
    },

    async tried(input) {
      const { endpointSchemas, parseEndpoint } = await loadSchemas()
      const draft = parseEndpoint(endpointSchemas.testDraft, input, DRAFT)
      const { project, url, events = ['*'], secret = generateSecret(), ...facts } = draft
      const at = clock.now()
      const settings = mergeSettings(DEFAULT_SETTINGS, facts)
      checkProof(settings.schemes, secret, facts.headers)
      const blank = blankRow(newId('end', at), projectOf(project, bound), at)
      return {
        row: { ...blank, url, events, settings: toStored(settings) },
        secrets: [secret],
        headers: facts.headers ?? {},
      }
    },

    async changed(input, find) {
      const { endpointSchemas, parseEndpoint } = await loadSchemas()
      const change = parseEndpoint(endpointSchemas.change, input, 'This change cannot be made')
      const { version, url, events, ...facts } = change
      if (url !== undefined) guard.check(url)
      const old = await find(version)
      const settings = mergeSettings(settingsOf(old), facts)
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
        settings: toStored(await withHeaders(old.id, settings, headers)),
        version: old.version + 1,
        updatedAt: clock.now(),
      }
      return { old, row }
    },

    async rotated(input, find) {
      const { endpointSchemas, parseEndpoint } = await loadSchemas()
      const rotation = parseEndpoint(endpointSchemas.rotation, input, 'This secret cannot be rotated')
      const { overlapSeconds = DEFAULT_OVERLAP_SECONDS, secret = generateSecret(), version } = rotation
      const at = clock.now()
      const old = await find(version)
      checkProof(settingsOf(old).schemes, secret, undefined)
      const fresh = { sealed: await seal(old.id, secret), createdAt: at, expiresAt: null }
      const until = at + overlapSeconds * 1000
      const edit = (row: EndpointRow) => {
        const still = row.secrets.map((one) => ({ ...one, expiresAt: Math.min(one.expiresAt ?? until, until) }))
        return { ...row, secrets: [fresh, ...still.filter(({ expiresAt }) => expiresAt > at)] }
      }
      return { secret, overlapSeconds, version, edit }
    },
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
}
