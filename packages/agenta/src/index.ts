export type { AgentaOptions } from './agenta.ts'
export { agenta } from './agenta.ts'
export type { LinkParts, Links } from './links.ts'
