/**
 * Receives the webhooks of a real Agenta and turns its deployments into events.
 *
 * @module @pullwright/agenta
 */
export type { AgentaOptions } from './agenta.ts'
export { agenta } from './agenta.ts'
export type { AgentaPlace, AgentaRevisionName, AgentaWayBack, AgentaWayBackOptions } from './agenta-way-back.ts'
export { agentaWayBack } from './agenta-way-back.ts'
export type { LinkParts, Links } from './links.ts'
