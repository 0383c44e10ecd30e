import { type Policy, PullwrightError } from '@pullwright/core'
import { fits } from '../matches-route.ts'
import { leavesUnder } from './config-leaves.ts'
import { type PolicyScope, scopedPolicy } from './policy-scope.ts'

export interface AllowedModelsPolicyOptions extends PolicyScope {
  /** Names, `*` for any part: `['gpt-4o*', 'claude-*']`. */
  models: readonly string[]
  /** Keys whose texts are models. Default `model`, `model_name`, `model_id`, `fallback_model`, `fallback_models`, `models`. */
  keys?: readonly string[]
}

const KEYS = ['model', 'model_name', 'model_id', 'fallback_model', 'fallback_models', 'models']

/** Only these models may run. */
export function allowedModelsPolicy({ models, keys = KEYS, ...scope }: AllowedModelsPolicyOptions): Policy {
  if (!Array.isArray(models) || models.length === 0) {
    throw new PullwrightError('invalid-argument', "allowed-models: name some, such as models: ['gpt-4o*']")
  }
  return scopedPolicy(scope, {
    name: 'allowed-models',
    title: 'Only allowed models',
    violation({ deployment }) {
      const found = leavesUnder(deployment.config, keys).flatMap(({ path, value }) =>
        (Array.isArray(value) ? value : [value]).map((model) => ({ path, model })),
      )
      const refused = found.filter(({ model }) => typeof model === 'string' && !fits(models, model))
      if (refused.length === 0) return null
      return {
        reason: `Not allowed here: ${[...new Set(refused.map(({ model }) => String(model)))].join(', ')}`,
        remarks: refused.map(({ path, model }) => ({
          path,
          message: `${String(model)} is not among the allowed models (${models.join(', ')}).`,
        })),
      }
    },
  })
}
