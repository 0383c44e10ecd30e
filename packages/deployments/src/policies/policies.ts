import { allowedModelsPolicy } from './allowed-models-policy.ts'
import { commitMessagePolicy } from './commit-message-policy.ts'
import { evaluationPolicy } from './evaluation-policy.ts'
import { fourEyesPolicy } from './four-eyes-policy.ts'
import { freezeWindowsPolicy } from './freeze-windows-policy.ts'
import { noSecretsPolicy } from './no-secrets-policy.ts'
import { privateRepositoryPolicy } from './private-repository-policy.ts'
import { rollbackPolicy } from './rollback-policy.ts'
import { temperaturePolicy } from './temperature-policy.ts'

/** The built-in policies. A host's own is an object with a `name` and a `check`. */
export const policies = {
  allowedModels: allowedModelsPolicy,
  commitMessage: commitMessagePolicy,
  evaluation: evaluationPolicy,
  fourEyes: fourEyesPolicy,
  freezeWindows: freezeWindowsPolicy,
  noSecrets: noSecretsPolicy,
  privateRepository: privateRepositoryPolicy,
  rollback: rollbackPolicy,
  temperature: temperaturePolicy,
} as const
