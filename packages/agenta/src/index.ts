/**
 * Receives the webhooks of a real Agenta and turns its deployments into events.
 *
 * @module @pullwright/agenta
 */
export type { AgentaOptions, AgentaPlugin } from './agenta.ts'
export { agenta } from './agenta.ts'
export type { AgentaWayBackOptions } from './agenta-way-back.ts'
export { agentaWayBack } from './agenta-way-back.ts'
export type { LinkParts, Links } from './links.ts'
export type { AgentaPlace, AgentaRevisionName, AgentaWayBack } from './way-back-through.ts'
