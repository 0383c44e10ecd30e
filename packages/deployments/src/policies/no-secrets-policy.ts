import type { Policy } from '@pullwright/core'
import { type PolicyScope, scopedPolicy } from './policy-scope.ts'

export interface NoSecretsPolicyOptions extends PolicyScope {
  /** Paths in the configuration where one is expected, such as `connection.api_key`. */
  except?: readonly string[]
}

/** Places named in the reason; annotations name all. */
const TOLD = 3

/** A configuration must refer to secrets, not hold them. What was hidden for its key alone, and is empty, is no secret. */
export function noSecretsPolicy({ except = [], ...scope }: NoSecretsPolicyOptions = {}): Policy {
  return scopedPolicy(scope, {
    name: 'no-secrets',
    title: 'No secret in the configuration',
    violation({ redactions }) {
      const found = redactions.flatMap(({ path, detector }) => {
        const inside = configPath(path)
        return inside === null || except.includes(inside) ? [] : [{ path: inside, detector }]
      })
      if (found.length === 0) return null
      const places = [...new Set(found.map(({ path }) => path || 'its root'))]
      const more = places.length > TOLD ? ` and ${places.length - TOLD} more` : ''
      return {
        reason: `The configuration holds a secret at ${places.slice(0, TOLD).join(', ')}${more}: keep it elsewhere and change it`,
        remarks: found.map(({ path, detector }) => ({
          path,
          message: `A secret is here (${detector}). It is hidden.`,
        })),
      }
    },
  })
}

/** Below `config`; null for what is elsewhere in the event. */
function configPath(path: string): string | null {
  if (path === 'config') return ''
  if (path.startsWith('config.')) return path.slice('config.'.length)
  return path.startsWith('config[') ? path.slice('config'.length) : null
}
