import { randomBytes } from 'node:crypto'
import { DEFAULT_PERMISSIONS, type Permissions } from '../model/permissions.ts'
import { type App, type Installation, nameWithOwner, type World } from '../model/world.ts'
import { type AppDelivery, deliveryOf, type InstallationAction } from './app-delivery.ts'
import { ensureAccount } from './setup.ts'

export interface NewApp extends NewInstallation {
  /** Default `pullwright`; it acts as `<slug>[bot]`. */
  slug?: string
}

export interface NewInstallation {
  /** Owner whose repositories it is installed on. */
  owner: string
  /** Default: what Pullwright needs, and `checks`; of one that came by a manifest: what that asked for. */
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

export interface PostedManifest {
  /** The form's field, JSON. */
  manifest: string
  /** Of the form's address. */
  state: string
  /** Default: the account of the person who posts it. */
  organization?: string
}

/** GitHub Apps, as their owners see them in the browser. */
export interface FakeGitHubApps {
  /** What follows once a person agreed to a manifest: the address GitHub sends their browser to. */
  postManifest(form: PostedManifest): string
  /** A second installation. `code` is what GitHub gives the browser of whoever installed it, to tell who that was. */
  installApp(appId: number, input: NewInstallation): { installationId: number; code: string }
  /** A code of somebody who signs in through the app and sees these installations. */
  signIn(appId: number, installations: number[]): string
  suspendInstallation(installationId: number): void
  unsuspendInstallation(installationId: number): void
  /** Its tokens end with it. */
  removeInstallation(installationId: number): void
  changeInstallation(
    installationId: number,
    changes: { permissions?: Permissions; repositories?: string[] | 'all' },
  ): void
  /** The webhook that GitHub sends about an installation as it stands now, signed. */
  installationDelivery(installationId: number, action: InstallationAction): AppDelivery
  /** The same, sent while the host was away: it stands in the App's list of deliveries with this status, 502 by default. */
  missDelivery(installationId: number, action: InstallationAction, status?: number): AppDelivery
  /** Sends what was asked for again, by `send`, which answers the host's status. How many. */
  redeliver(appId: number, send: (delivery: AppDelivery) => Promise<number>): Promise<number>
  /** Tokens of people that the App holds. */
  peopleSignedIn(): number
}

/** Makes a GitHub App with one installation and a key of its own. */
export function addApp(world: World, input: NewApp): AppCredentials {
  const permissions = input.permissions ?? { ...DEFAULT_PERMISSIONS, checks: 'write' as const }
  const { app, privateKey } = newApp(world, input.owner, { slug: input.slug ?? 'pullwright', permissions, events: [] })
  return { appId: app.id, privateKey, installationId: install(world, app, input).id }
}

export function appDoors(world: World): FakeGitHubApps {
  const find = (id: number): { app: App; installation: Installation } => {
    for (const app of world.apps.values()) {
      const installation = app.installations.find((one) => one.id === id)
      if (installation !== undefined) return { app, installation }
    }
    throw new Error(`The fake has no installation ${id}.`)
  }
  const change = (id: number, changes: Partial<Installation>) =>
    void Object.assign(find(id).installation, changes, { updatedAt: world.now() })
  const appOf = (id: number): App => {
    const app = world.apps.get(id)
    if (app === undefined) throw new Error(`The fake has no app ${id}.`)
    return app
  }
  return {
    postManifest: (form) => agree(world, form),
    installApp(appId, input) {
      const { id } = install(world, appOf(appId), input)
      return { installationId: id, code: codeFor(world, appOf(appId), [id]) }
    },
    signIn: (appId, installations) => codeFor(world, appOf(appId), installations),
    suspendInstallation: (id) => change(id, { suspendedAt: world.now() }),
    unsuspendInstallation: (id) => change(id, { suspendedAt: null }),
    removeInstallation(id) {
      const { app, installation } = find(id)
      app.installations = app.installations.filter((one) => one !== installation)
      for (const token of world.tokens.values()) if (token.installation === installation) token.revoked = true
    },
    changeInstallation: (id, { permissions, repositories }) =>
      change(id, {
        ...(permissions === undefined ? {} : { permissions: withMetadata(permissions) }),
        ...(repositories === undefined ? {} : { repositories: reach(repositories) }),
      }),
    installationDelivery: deliver,
    missDelivery(id, action, status = 502) {
      const { app, installation } = find(id)
      const sent = deliver(id, action)
      const guid = String(sent.headers['x-github-delivery'])
      app.deliveries.push({
        ...{ id: world.nextId(), guid, at: world.now(), status, redelivery: false, installation, sent },
      })
      return sent
    },
    async redeliver(appId, send) {
      const app = appOf(appId)
      const asked = app.redeliveries.splice(0)
      for (const one of asked) {
        const status = await send(one.sent)
        app.deliveries.push({ ...one, id: world.nextId(), at: world.now(), status, redelivery: true })
      }
      return asked.length
    },
    peopleSignedIn: () => world.signedIn.size,
  }

  function deliver(id: number, action: InstallationAction): AppDelivery {
    const { app, installation } = find(id)
    const reached = [...world.repositories.values()].filter(
      (one) =>
        one.owner === installation.account &&
        (installation.repositories === 'all' || installation.repositories.has(nameWithOwner(one).toLowerCase())),
    )
    return deliveryOf(world, app, installation, action, reached)
  }
}

function newApp(world: World, owner: string, facts: Pick<App, 'slug' | 'permissions' | 'events'>) {
  const { publicKey, privateKey } = world.appKey()
  const id = world.nextId()
  const app: App = {
    ...facts,
    ...{
      id,
      publicKey,
      installations: [],
      owner: ensureAccount(world, owner, owner === 'octocat' ? 'User' : 'Organization'),
    },
    bot: ensureAccount(world, `${facts.slug}[bot]`, 'Bot'),
    webhookSecret: randomBytes(20).toString('hex'),
    clientId: `Iv1.${id}`,
    clientSecret: randomBytes(20).toString('hex'),
    deliveries: [],
    redeliveries: [],
  }
  world.apps.set(id, app)
  // As GitHub hands it out: PKCS#1.
  return { app, privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() }
}

function install(world: World, app: App, input: NewInstallation): Installation {
  const installation: Installation = {
    id: world.nextId(),
    account: ensureAccount(world, input.owner, 'Organization'),
    permissions: withMetadata(input.permissions ?? app.permissions),
    repositories: reach(input.repositories ?? 'all'),
    suspendedAt: null,
    updatedAt: world.now(),
  }
  app.installations.push(installation)
  return installation
}

/** Nobody can be denied that one. */
function withMetadata(permissions: Permissions): Permissions {
  return { metadata: 'read', ...permissions }
}

function reach(repositories: string[] | 'all'): Installation['repositories'] {
  return repositories === 'all' ? 'all' : new Set(repositories.map((name) => name.toLowerCase()))
}

/** Of both kinds of code: docs.github.com, "Registering a GitHub App from a manifest" (one hour), "Authorizing OAuth apps" (ten minutes). */
const CODE_LIFE = { manifest: 3_600_000, signIn: 600_000 }

function agree(world: World, { manifest, state, organization }: PostedManifest): string {
  const wanted = JSON.parse(manifest) as Record<string, unknown>
  const redirect = new URL(String(wanted.redirect_url))
  const { app, privateKey } = newApp(world, organization ?? 'octocat', {
    slug: String(wanted.name ?? 'app')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-'),
    permissions: { metadata: 'read', ...(wanted.default_permissions as Permissions) },
    events: (wanted.default_events ?? []) as string[],
  })
  const code = randomBytes(20).toString('hex')
  world.codes.set(code, { kind: 'manifest', app, privateKey, endsAt: world.now() + CODE_LIFE.manifest })
  redirect.searchParams.set('code', code)
  redirect.searchParams.set('state', state)
  return redirect.href
}

function codeFor(world: World, app: App, installations: number[]): string {
  const code = randomBytes(10).toString('hex')
  const endsAt = world.now() + CODE_LIFE.signIn
  world.codes.set(code, { kind: 'sign-in', app, installations: new Set(installations), endsAt })
  return code
}
