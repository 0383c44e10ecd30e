import type { EventRecord, HandlerContext, JsonObject, Policy, PolicyResult, Review, Vcs } from '@pullwright/core'
import { policyInput } from './policy-input.ts'
import { runPolicies } from './run-policies.ts'

export interface JudgedDeployment {
  event: EventRecord
  vcs: Vcs
  repository: string
  policies: readonly Policy[]
  /** Null before there is a pull request. */
  reviews: readonly Review[] | null
  now: number
}

/** What the policies say; fetches only what one of them asks for. */
export async function judgeDeployment(
  { history, signal }: Pick<HandlerContext, 'history' | 'signal'>,
  { event, vcs, repository, policies, reviews, now }: JudgedDeployment,
): Promise<PolicyResult[]> {
  if (policies.length === 0) return []
  const needs = new Set(policies.flatMap((policy) => policy.needs ?? []))
  const { app_name: app, environment } = event.data as JsonObject
  const [past, inspection] = await Promise.all([
    needs.has('history') ? history({ app: String(app), environment: String(environment) }) : [],
    needs.has('visibility') ? vcs.inspect(repository, { signal }) : null,
  ])
  const about = { name: repository, visibility: inspection?.visibility ?? null }
  return runPolicies(policies, policyInput(event, { history: past, repository: about, reviews, now }))
}

/** Of several with one name the first counts: the route's own come before those for all. */
export function unitePolicies(...lists: readonly (readonly Policy[])[]): Policy[] {
  const byName = new Map<string, Policy>()
  for (const policy of lists.flat()) if (!byName.has(policy.name)) byName.set(policy.name, policy)
  return [...byName.values()]
}
