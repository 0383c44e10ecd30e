export type { AgentaDelivery } from './fake-agenta/agenta-delivery.ts'
export type { AgentaRevision, NewAgentaRevision } from './fake-agenta/agenta-state.ts'
export type { EnvironmentChange, FakeAgenta, FakeAgentaOptions, FakeAgentaRequest } from './fake-agenta/fake-agenta.ts'
export { fakeAgenta } from './fake-agenta/fake-agenta.ts'
