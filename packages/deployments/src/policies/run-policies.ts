import type { Policy, PolicyInput, PolicyResult, PolicyVerdict } from '@pullwright/core'

/** Characters of a reason that are shown: a host's policy may say anything. */
const MAX_REASON = 1_000
const MAX_REMARKS = 50

/** Every policy's answer, in order. One that throws blocks: a rule that cannot be judged is not kept. */
export async function runPolicies(policies: readonly Policy[], input: PolicyInput): Promise<PolicyResult[]> {
  return Promise.all(policies.map((policy) => runPolicy(policy, input)))
}

/** The worst of them; `pass` where there are none. */
export function worstVerdict(results: readonly PolicyResult[]): PolicyResult['verdict'] {
  const said = new Set(results.map(({ verdict }) => verdict))
  return said.has('block') ? 'block' : said.has('warn') ? 'warn' : 'pass'
}

async function runPolicy(policy: Policy, input: PolicyInput): Promise<PolicyResult> {
  const about = { policy: policy.name, title: policy.title ?? policy.name }
  try {
    const verdict = checked(await policy.check(input))
    const reason = (verdict.reason ?? '').slice(0, MAX_REASON)
    const remarks = verdict.verdict === 'pass' ? [] : (verdict.remarks ?? []).slice(0, MAX_REMARKS)
    return { ...about, verdict: verdict.verdict, reason, remarks }
  } catch (error) {
    const reason = `The policy could not be judged: ${error instanceof Error ? error.message : String(error)}`
    return { ...about, verdict: 'block', reason: reason.slice(0, MAX_REASON), remarks: [] }
  }
}

/** Policies may be written in JavaScript: what is no verdict is no pass. */
function checked(said: PolicyVerdict): PolicyVerdict {
  const known = ['pass', 'warn', 'block'].includes(said?.verdict)
  if (!known) throw new Error("it must answer { verdict: 'pass' | 'warn' | 'block', reason }")
  if (said.verdict !== 'pass' && typeof said.reason !== 'string') throw new Error('it must give a reason')
  return said
}
