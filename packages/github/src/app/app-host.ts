import { type Transport, VcsError } from '@pullwright/core'
import type { ApiUrls } from '../base-url.ts'
import type { GitHubAppSecrets } from './stored-app.ts'

/** What is asked of GitHub on the way of a browser, without the App's signature. */
export interface AppHost {
  /** Where people go, without a slash at the end. */
  web: string
  /** Turns the code of a manifest into the App: once, and within an hour. */
  convert(code: string): Promise<GitHubAppSecrets>
  /**
   * Whether whoever signed in with this code may see that installation. Their token is given back at once; `onKept` hears
   * where GitHub did not take it, and it lives until its end.
   */
  sees(app: GitHubAppSecrets, code: string, installation: number, onKept: (error: unknown) => void): Promise<boolean>
}

const MOST_PAGES = 20

export function appHost({ rest }: ApiUrls, transport: Transport): AppHost {
  const web = webOf(rest)
  return {
    web,
    async convert(code) {
      const doing = 'take over the new App'
      const path = `${rest}/app-manifests/${encodeURIComponent(code)}/conversions`
      const made = await ask(doing, path, { method: 'POST' })
      return {
        ...{ appId: Number(made.id), slug: textOf(made, 'slug', doing), privateKey: textOf(made, 'pem', doing) },
        webhookSecret: textOf(made, 'webhook_secret', doing),
        ...{ clientId: textOf(made, 'client_id', doing), clientSecret: textOf(made, 'client_secret', doing) },
      }
    },
    async sees(app, code, installation, onKept) {
      const { clientId, clientSecret } = app
      const doing = 'ask who installed the App'
      const body = JSON.stringify({ client_id: clientId, client_secret: clientSecret, code })
      const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
      const { access_token: token } = await ask(doing, `${web}/login/oauth/access_token`, init)
      // A code that was used, or made up, is answered 200 with `error`.
      if (typeof token !== 'string') return false
      try {
        return await isShown(token, installation, doing)
      } finally {
        await giveBack(app, token).catch(onKept)
      }
    },
  }

  async function isShown(token: string, installation: number, doing: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${token}` }
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { installations } = await ask(doing, `${rest}/user/installations?per_page=100&page=${page}`, { headers })
      const ids = Array.isArray(installations) ? installations.map((one) => (one as { id?: unknown }).id) : []
      if (ids.includes(installation)) return true
      if (ids.length < 100) return false
    }
    return false
  }

  /** docs.github.com/rest/apps/oauth-applications, "Delete an app token". */
  async function giveBack({ clientId, clientSecret }: GitHubAppSecrets, token: string): Promise<void> {
    const answer = await transport.fetch(`${rest}/applications/${encodeURIComponent(clientId)}/token`, {
      method: 'DELETE',
      body: JSON.stringify({ access_token: token }),
      headers: {
        ...{ accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'pullwright' },
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      },
    })
    await answer.arrayBuffer()
    if (!answer.ok) {
      const message = `GitHub answered ${answer.status} and did not take back the person's token`
      throw new VcsError('unavailable', message, { status: answer.status })
    }
  }

  async function ask(doing: string, url: string, init: RequestInit): Promise<Record<string, unknown>> {
    const headers = { accept: 'application/json', 'user-agent': 'pullwright', ...init.headers }
    const answer = await transport.fetch(url, { ...init, headers })
    const body: unknown = await answer.json().catch(() => null)
    if (answer.ok && typeof body === 'object' && body !== null) return body as Record<string, unknown>
    const message = `Cannot ${doing}: GitHub answered ${answer.status}. Start again from the set-up page.`
    throw new VcsError(answer.status === 404 ? 'not-found' : 'unavailable', message, { status: answer.status })
  }
}

function textOf(body: Record<string, unknown>, name: string, doing: string): string {
  const value = body[name]
  if (typeof value === 'string' && value !== '') return value
  throw new VcsError('unavailable', `Cannot ${doing}: GitHub's answer has no ${name}. Was the webhook left active?`)
}

/** `https://api.github.com` and `https://api.TENANT.ghe.com` to their pages; a GitHub Enterprise Server has one host. */
function webOf(rest: string): string {
  return rest.replace(/\/api\/v3$/, '').replace(/^(https?:\/\/)api\.(?=github\.com$|[^/]+\.ghe\.com$)/, '$1')
}
