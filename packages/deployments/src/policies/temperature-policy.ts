import { type JsonValue, type Policy, PullwrightError, parsePath } from '@pullwright/core'
import { plain } from './config-leaves.ts'
import { type PolicyScope, scopedPolicy } from './policy-scope.ts'

export interface TemperaturePolicyOptions extends PolicyScope {
  /** The largest step in one deployment, such as `0.3`. */
  maxChange: number
}

/** A temperature may not change by more than so much at once. One that is new or gone is no change. */
export function temperaturePolicy({ maxChange, ...scope }: TemperaturePolicyOptions): Policy {
  if (!(maxChange >= 0)) throw new PullwrightError('invalid-argument', 'temperature: maxChange must be a number from 0')
  return scopedPolicy(scope, {
    name: 'temperature',
    title: `Temperature changes by ${maxChange} at most`,
    violation({ diff }) {
      const steps = Object.entries(diff?.modified ?? {}).flatMap(([path, change]) => {
        const key = parsePath(path).at(-1)
        const by = typeof key === 'string' && plain(key) === 'temperature' ? difference(change) : null
        // Binary fractions: 0.9 - 0.7 is a little more than 0.2.
        return by === null || by.size <= maxChange + 1e-9 ? [] : [{ path, ...by }]
      })
      if (steps.length === 0) return null
      return {
        reason: steps.map(({ path, old, fresh }) => `${path} goes from ${old} to ${fresh}`).join(', '),
        remarks: steps.map(({ path, old, fresh }) => ({
          path,
          message: `From ${old} to ${fresh}: more than the ${maxChange} allowed in one deployment.`,
        })),
      }
    },
  })
}

function difference({ old, new: fresh }: { old: JsonValue; new: JsonValue }) {
  if (typeof old !== 'number' || typeof fresh !== 'number') return null
  return { old, fresh, size: Math.abs(fresh - old) }
}
