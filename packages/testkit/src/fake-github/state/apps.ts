import { generateKeyPairSync } from 'node:crypto'
import { DEFAULT_PERMISSIONS, type Permissions } from '../model/permissions.ts'
import type { World } from '../model/world.ts'
import { ensureAccount } from './setup.ts'

export interface NewApp {
  /** Default `pullwright`; it acts as `<slug>[bot]`. */
  slug?: string
  /** Owner whose repositories it is installed on. */
  owner: string
  /** Default: what Pullwright needs, and `checks`. */
  permissions?: Permissions
  /** `owner/name` of each repository it reaches. Default: all of the owner's. */
  repositories?: string[]
}

export interface AppCredentials {
  appId: number
  /** PEM. */
  privateKey: string
  installationId: number
}

/** Makes a GitHub App with one installation and a key of its own. */
export function addApp(world: World, input: NewApp): AppCredentials {
  const slug = input.slug ?? 'pullwright'
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const [appId, installationId] = [world.nextId(), world.nextId()]
  const installation = {
    id: installationId,
    account: ensureAccount(world, input.owner, 'Organization'),
    permissions: input.permissions ?? { ...DEFAULT_PERMISSIONS, checks: 'write' as const },
    repositories:
      input.repositories === undefined
        ? ('all' as const)
        : new Set(input.repositories.map((name) => name.toLowerCase())),
  }
  const bot = ensureAccount(world, `${slug}[bot]`, 'Bot')
  world.apps.set(appId, { id: appId, slug, publicKey, bot, installations: [installation] })
  return { appId, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), installationId }
}
