import { PullwrightError } from '@pullwright/core'
import type { AgentaOptions } from './agenta.ts'
import { createAgentaApi } from './agenta-api.ts'
import { keyOf, transportLine, usableUrl } from './agenta-connection.ts'
import { type AgentaWayBack, wayBackThrough } from './way-back-through.ts'

export interface AgentaWayBackOptions extends Pick<AgentaOptions, 'apiKey' | 'baseUrl' | 'transport'> {
  /** The id of Agenta's project, handed to `apiKey` where that is a function. Default null. */
  agentaProjectId?: string | null
}

/**
 * Deploys in Agenta what Git asks for: `gitops({ routes, ...agentaWayBack({ apiKey }) })`. A merged pull request deploys the
 * revision it names; an edited file becomes a new revision of the variant that runs. Apps and environments go by their slugs.
 * `agenta({ … })` brings the same; this is for hosts that take no webhooks from Agenta.
 */
export function agentaWayBack(options: AgentaWayBackOptions): AgentaWayBack {
  const { baseUrl = 'https://cloud.agenta.ai/api', agentaProjectId: project = null } = options
  if (!options.apiKey) throw new PullwrightError('invalid-argument', 'agentaWayBack(): `apiKey` is needed to deploy')
  const lines = transportLine(options.transport)
  const api = createAgentaApi({ baseUrl: usableUrl(baseUrl), apiKey: keyOf(options.apiKey), transport: lines.open })
  return wayBackThrough(api, project)
}
