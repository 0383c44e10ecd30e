import { PullwrightError } from '@pullwright/core'
import { ALWAYS, FEATURES, type GitHubAppFeature } from './features.ts'

export interface ManifestOptions {
  /** Unique on the host; people see it as the author of pull requests. */
  name: string
  /** Where Pullwright's handler is mounted, as browsers and GitHub reach it: `https://app.example.com/pullwright`. */
  baseUrl: string
  /** Home page of the App. Default: `baseUrl`. */
  url?: string
  /** Default: `pullRequests`, `checks` and `statuses`. */
  features?: readonly GitHubAppFeature[]
  /** Whether accounts other than its owner may install it. Default false. */
  public?: boolean
  /** Last part of `/hooks/:source`. Default `github`. */
  source?: string
}

/** What GitHub's form for a new App takes: docs.github.com, "Registering a GitHub App from a manifest". */
export interface GitHubAppManifest {
  name: string
  url: string
  hook_attributes: { url: string; active: boolean }
  redirect_url: string
  callback_urls: string[]
  request_oauth_on_install: boolean
  public: boolean
  default_permissions: Record<string, 'read' | 'write'>
  default_events: string[]
}

export const DEFAULT_FEATURES: readonly GitHubAppFeature[] = ['pullRequests', 'checks', 'statuses']

/** The App's name: docs.github.com, "Registering a GitHub App", at most 34 characters. */
const LONGEST_NAME = 34

/** An App with the permissions and events that the features need, and no more. Throws `invalid-argument`. */
export function manifest({
  name,
  baseUrl,
  url = baseUrl,
  features = DEFAULT_FEATURES,
  public: open = false,
  source = 'github',
}: ManifestOptions): GitHubAppManifest {
  if (name.trim() === '' || name.length > LONGEST_NAME) {
    throw new PullwrightError('invalid-argument', `The App's name must have 1 to ${LONGEST_NAME} characters.`)
  }
  const root = rootOf(baseUrl)
  return {
    name,
    url,
    hook_attributes: { url: `${root}/hooks/${source}`, active: true },
    redirect_url: `${root}/github/callback`,
    callback_urls: [`${root}/github/installed`],
    // So that whoever comes back from installing it can be asked whose installation it is.
    request_oauth_on_install: true,
    public: open,
    ...needsOf(features),
  }
}

export function needsOf(features: readonly GitHubAppFeature[]) {
  const permissions: Record<string, 'read' | 'write'> = { ...ALWAYS }
  const events = new Set<string>()
  for (const feature of features) {
    const needs = Object.hasOwn(FEATURES, feature) ? FEATURES[feature] : undefined
    if (needs === undefined) {
      const known = Object.keys(FEATURES).join(', ')
      throw new PullwrightError(
        'invalid-argument',
        `There is no feature ${JSON.stringify(feature)}; there is: ${known}`,
      )
    }
    for (const [name, level] of Object.entries(needs.permissions)) {
      if (permissions[name] !== 'write') permissions[name] = level
    }
    for (const event of needs.events) events.add(event)
  }
  return { default_permissions: permissions, default_events: [...events] }
}

function rootOf(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') {
    return url.href.replace(/\/+$/, '')
  }
  throw new PullwrightError('invalid-argument', 'baseUrl must be where the handler is mounted: https://app.example.com')
}
