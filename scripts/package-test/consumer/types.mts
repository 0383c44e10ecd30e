import { agenta } from '@pullwright/agenta'
import { bitbucket } from '@pullwright/bitbucket'
import { createPullwright, memoryStore, type Plugin, type Pullwright, type Store, type Vcs } from '@pullwright/core'
import { type Client, createClient } from '@pullwright/core/client'
import { schemes, signWebhook, verifyWebhook } from '@pullwright/core/signing'
import { bodyLimit, type ForgeRules, type Marker, readMarker } from '@pullwright/core/vcs'
import { deploymentPullRequests } from '@pullwright/deployments'
import { pullwrightExpress } from '@pullwright/express-adapter'
import { github } from '@pullwright/github'
import { gitlab } from '@pullwright/gitlab'
import { type PgPool, postgres } from '@pullwright/postgres'
import { type SqliteDatabase, sqlite, sqliteTransaction } from '@pullwright/sqlite'
import { fakeGitHub, storeConformance, type VcsSetting, vcsConformance } from '@pullwright/testkit'
import express from 'express'

const vcs: Vcs = github({ auth: { token: 'none' } })
const plugins: Plugin[] = [
  agenta({ secret: 'none' }),
  deploymentPullRequests({
    routes: [{ vcs: 'github', repository: 'acme/prompts', when: { environment: 'production' } }],
  }),
]
const pullwright: Pullwright = createPullwright({ store: memoryStore(), vcs: [vcs], plugins })

express().use(pullwrightExpress(pullwright))

export const emitted: Promise<{ id: string; status: 'recorded' | 'duplicate' }> = pullwright.emitter.emit(
  'environment.deployed',
  { app_name: 'a', variant_name: 'v', environment: 'e', revision: 1, deployed_by: { name: 'Ada' }, config: {} },
  { idempotencyKey: 'once' },
)

// @ts-expect-error a deployment without its application is refused by the compiler
void pullwright.emitter.emit('environment.deployed', { environment: 'e' })

const secrets = ['whsec_AAAA']
const headers: Record<string, string> = signWebhook(schemes.standard, {
  secrets,
  id: 'msg_1',
  timestamp: new Date(0),
  body: '{}',
})
const verdict = verifyWebhook('standard', { secrets, headers, body: new Uint8Array() })
export const reason: string = verdict.ok ? 'none' : verdict.reason

export const cases: { name: string; run: () => unknown }[] = storeConformance({ create: async () => memoryStore() })
export const forgeUrl: Promise<string> = fakeGitHub().then((forge) => forge.url)

export const stores = (pool: PgPool): Store[] => [
  postgres({ connectionString: 'postgres://127.0.0.1/app' }, { schema: 'webhooks' }),
  postgres({ pool }),
  sqlite({ file: ':memory:', durability: 'normal' }),
]

/** The database of any driver with the same small shape. */
export const given = (database: SqliteDatabase): Store => sqlite({ database, busyTimeoutMs: 100 })
export const joined = (database: SqliteDatabase): Promise<{ rows: unknown[] }> =>
  sqliteTransaction(database).query('SELECT ?', [1])

export const forges: Vcs[] = [
  bitbucket({ auth: { token: 'none' } }),
  gitlab({ auth: { token: 'none' }, baseUrl: 'https://gitlab.example' }),
]
export const judged = (setting: VcsSetting): { name: string; needs: readonly string[] }[] =>
  vcsConformance({ open: async () => setting })

const rules: ForgeRules = {
  forge: 'Plain git',
  markerStyle: 'comment',
  title: 72,
  body: { size: 10_000, unit: 'bytes' },
  commitBytes: 1_000_000,
}
export const room: number = bodyLimit(rules).size
export const marker: Marker | null = readMarker('')

const client: Client = createClient({ baseUrl: 'https://prompts.example/pullwright' })
export const endpoints: Promise<{ next_cursor: string | null }> = Promise.resolve(client.endpoints.list())
