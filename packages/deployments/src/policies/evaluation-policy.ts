import { type MetricChange, type Policy, PullwrightError } from '@pullwright/core'
import { type PolicyScope, scopedPolicy } from './policy-scope.ts'

export interface EvaluationPolicyOptions extends PolicyScope {
  /** How much worse than before a metric may be, as a part of its earlier value: `0.02` is two percent. Default 0. */
  margin?: number
  /** Metrics that must be there. Default: at least one, whichever. */
  metrics?: readonly string[]
}

/** An evaluation must be there, and no metric with a declared direction may be worse than before by more than the margin. */
export function evaluationPolicy({ margin = 0, metrics = [], ...scope }: EvaluationPolicyOptions = {}): Policy {
  if (!(margin >= 0)) throw new PullwrightError('invalid-argument', 'evaluation: margin must be a number from 0')
  return scopedPolicy(scope, {
    name: 'evaluation',
    title: 'Evaluated, and not worse than before',
    violation({ evaluation }) {
      const names = new Set(evaluation.metrics.map(({ name }) => name))
      if (names.size === 0) return 'The deployment has no evaluation: add `evaluation` to it'
      const missing = metrics.filter((name) => !names.has(name))
      if (missing.length > 0) return `The evaluation lacks ${missing.join(', ')}`
      const worse = evaluation.metrics.filter((metric) => isWorse(metric, margin))
      if (worse.length === 0) return null
      const told = worse.map(({ name, old, new: fresh }) => `${name} (${String(old)} → ${String(fresh)})`)
      return `Worse than before${margin === 0 ? '' : ` by more than ${percent(margin)}`}: ${told.join(', ')}`
    },
  })
}

/** A change between truth values has no size: any is beyond the margin. */
function isWorse({ verdict, old, new: fresh }: MetricChange, margin: number): boolean {
  if (verdict !== 'worse') return false
  if (typeof old !== 'number' || typeof fresh !== 'number') return true
  return Math.abs(fresh - old) > margin * Math.abs(old)
}

function percent(part: number): string {
  return `${Number((part * 100).toPrecision(3))} %`
}
