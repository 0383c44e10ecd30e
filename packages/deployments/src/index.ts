/**
 * Every deployment of a prompt or configuration becomes a reviewed pull request.
 *
 * @module @pullwright/deployments
 */
export type { DeploymentFile } from './deployment-file.ts'
export type { DeploymentPullRequestsOptions } from './deployment-pull-requests.ts'
export { deploymentPullRequests } from './deployment-pull-requests.ts'
export { gitops } from './gitops/gitops.ts'
export type {
  ConfigEdit,
  DeployAnswer,
  DeployRequest,
  GitOpsOptions,
  GitOpsRoute,
  Place,
  Revision,
} from './gitops/gitops-options.ts'
export type { AllowedModelsPolicyOptions } from './policies/allowed-models-policy.ts'
export type { CommitMessagePolicyOptions } from './policies/commit-message-policy.ts'
export type { EvaluationPolicyOptions } from './policies/evaluation-policy.ts'
export type { FourEyesPolicyOptions } from './policies/four-eyes-policy.ts'
export type {
  FreezeOnce,
  FreezeWeekly,
  FreezeWindow,
  FreezeWindowsPolicyOptions,
  Weekday,
} from './policies/freeze-windows-policy.ts'
export type { NoSecretsPolicyOptions } from './policies/no-secrets-policy.ts'
export { policies } from './policies/policies.ts'
export type { PolicyScope } from './policies/policy-scope.ts'
export type { RollbackPolicyOptions } from './policies/rollback-policy.ts'
export type { TemperaturePolicyOptions } from './policies/temperature-policy.ts'
export type { Gate, Pipeline } from './promotion/pipeline.ts'
export type { DeployedNow, Drift } from './reconcile/find-drift.ts'
export type { ReconcileOptions } from './reconcile/reconcile.ts'
export { reconcile } from './reconcile/reconcile.ts'
export type { AutoMergeByEnvironment, Route, RouteInclude, RouteReport, RouteWhen } from './route.ts'
