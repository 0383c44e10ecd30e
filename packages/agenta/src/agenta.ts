import type { Plugin, Transport } from '@pullwright/core'
import { createAgentaApi } from './agenta-api.ts'
import { keyOf, refused, transportLine, usableUrl } from './agenta-connection.ts'
import { agentaSource } from './agenta-source.ts'
import { committedEvent } from './committed-event.ts'
import { expandCommit } from './expand-commit.ts'
import { type Links, linksBy } from './links.ts'
import { type AgentaWayBack, wayBackThrough } from './way-back-through.ts'

export interface AgentaOptions {
  /** The webhook's secret, as Agenta showed it; several while one replaces another. Empty is refused. */
  secret: string | readonly (string | undefined)[] | undefined
  /**
   * A key of Agenta's API, with which configurations are fetched. A function gets the id of Agenta's project (null
   * where the delivery does not name it), for hosts that serve several. Without a key deliveries are still verified
   * and recorded; their tasks end `dead` with a reason, and can be retried once there is one.
   */
  apiKey?: string | ((agentaProjectId: string | null) => string | undefined | Promise<string | undefined>) | undefined
  /** Default `https://cloud.agenta.ai/api`; `https://HOST/api` for an Agenta of one's own. Trusted as given. */
  baseUrl?: string | undefined
  /**
   * The Pullwright project of what Agenta sends: one for all, by the id of Agenta's project, or decided by a function.
   * A delivery that is mapped to none is refused. Default `default`.
   */
  project?: string | Readonly<Record<string, string>> | ((agentaProjectId: string | null) => string | undefined)
  /** The last part of `/hooks/:source`, and the plugin's name. Default `agenta`. */
  name?: string
  /** How Agenta proves who it is, as chosen in its automation. Default `signature`. */
  mode?: 'signature' | 'authorization'
  /** How far Agenta's clock and ours may differ. Default 300 seconds. */
  toleranceSeconds?: number
  /** Larger bodies are answered 413. Default 1 MiB: Agenta sends references, about 500 bytes for each application. */
  maxBodyBytes?: number
  /** Where a pull request should link back to. */
  links?: Links
  /** Default: one of its own, closed by `stop()`. */
  transport?: Transport
}

/** A plugin that also answers what `gitops` asks of a host: `gitops({ routes, ...host })`. */
export interface AgentaPlugin extends Plugin, AgentaWayBack {}

const NAME = /^[a-z][a-z0-9-]*$/

/**
 * The webhooks of a real Agenta: every `environments.revisions.committed` becomes one `environment.deployed` for each
 * application it changed, with the configurations from Agenta's API. A first deployment has `previous_config: null`,
 * an application taken out of the environment `config: null`. The way back is there as well: `deploy` and what else `gitops`
 * asks of a host; it needs `apiKey`. Throws `invalid-argument` for unusable options.
 */
export function agenta(options: AgentaOptions): AgentaPlugin {
  const {
    baseUrl = 'https://cloud.agenta.ai/api',
    name = 'agenta',
    mode = 'signature',
    toleranceSeconds = 300,
  } = options
  if (!NAME.test(name)) throw refused('`name` must be lower case letters, digits and `-`.')
  const event = committedEvent(name)
  const lines = transportLine(options.transport)
  const secrets = usableSecrets(options.secret)
  const api = createAgentaApi({
    baseUrl: usableUrl(baseUrl),
    apiKey: keyOf(options.apiKey),
    transport: lines.open,
    secrets,
  })
  const linkTo = linksBy(options.links)

  return {
    ...wayBackThrough(api, null),
    apiVersion: 1,
    name,
    events: [event],
    sources: [
      agentaSource({
        name,
        eventType: event.type,
        secrets,
        mode,
        toleranceSeconds,
        maxBodyBytes: options.maxBodyBytes ?? 1024 * 1024,
        projectOf: projectOf(options.project),
      }),
    ],
    handlers: { expand: { on: [event.type], run: (context) => expandCommit(context, { name, api, linkTo }) } },
    start({ log }) {
      if (options.apiKey) return
      log.warn({ plugin: name }, 'Deployments from Agenta will wait for a key: give `agenta({ apiKey })` one')
    },
    stop: lines.close,
    secrets: () => (typeof options.apiKey === 'string' ? [...secrets, options.apiKey] : secrets),
  }
}

function usableSecrets(secret: AgentaOptions['secret']): string[] {
  const secrets = [secret ?? []].flat().filter((one): one is string => typeof one === 'string' && one !== '')
  if (secrets.length === 0) throw refused("`secret` is empty. It is the webhook's secret, shown once by Agenta.")
  return secrets
}

function projectOf(
  project: AgentaOptions['project'] = 'default',
): (agentaProjectId: string | null) => string | undefined {
  if (typeof project === 'function') return project
  if (typeof project === 'string') return () => project
  return (id) => (id !== null && Object.hasOwn(project, id) ? project[id] : undefined)
}
