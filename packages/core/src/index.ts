/**
 * Durable events, signed webhooks, config diff, redaction and the engine behind deployment pull requests.
 *
 * @module @pullwright/core
 */
export type { Audit, AuditExport, AuditNote } from './audit/audit.ts'
export { chainAudit, erasedAudit } from './audit/chain.ts'
export { auditToCsv, auditToJsonLines } from './audit/export.ts'
export type { AuditVerdict, AuditVerifier } from './audit/verify.ts'
export { auditVerifier, verifyAudit, verifyAuditExport } from './audit/verify.ts'
export { claimedTask } from './claimed-task.ts'
export type {
  Change,
  ChangeKind,
  ConfigDiff,
  ConfigDiffPayload,
  DiffOptions,
  EvaluationDiff,
  MetricChange,
  MetricValue,
  Path,
  TextDiff,
  TextHunk,
  TextLine,
  TextSpan,
  VariableChanges,
} from './config-diff/index.ts'
export {
  applyDiff,
  diffConfig,
  diffEvaluation,
  formatPath,
  parsePath,
  templateVariables,
  textDiff,
  toConfigDiffPayload,
} from './config-diff/index.ts'
export type {
  DeploymentDetails,
  DeploymentFilter,
  DeploymentPullRequest,
  DeploymentSummary,
  DeploymentsView,
} from './engine/deployments-view.ts'
export type { EmitOptions, EmitResult, Emitter, EventInputs, ObservedEvent } from './engine/emitter.ts'
export type { EventsView, TaskDetails, TasksView } from './engine/views.ts'
export type { Problem, PullwrightErrorCode, VcsErrorCode, VcsErrorOptions } from './errors.ts'
export { isPullwrightError, isVcsError, PullwrightError, VcsError } from './errors.ts'
export type { BuiltInEvents } from './events/catalog.ts'
export { builtInEvents } from './events/catalog.ts'
export type { AnyEventDefinition, EventDefinition } from './events/define-event.ts'
export { defineEvent } from './events/define-event.ts'
export type { EnvironmentDeployedInput } from './events/environment-deployed.ts'
export type { EventRecord, KeptPart, Redaction, WireEnvelope } from './events/event.ts'
export type { EventCatalogEntry } from './events/event-registry.ts'
export type { EgressGuard, EgressOptions, ResolvedAddress } from './http/egress-guard.ts'
export { createEgressGuard } from './http/egress-guard.ts'
export type { ForgeRequest } from './http/forge-request.ts'
export type { ForgeTransport, ForgeTransportOptions } from './http/forge-transport.ts'
export { createForgeTransport } from './http/forge-transport.ts'
export type { TransportOptions } from './http/transport.ts'
export { createTransport } from './http/transport.ts'
export type { TransportFailure, TransportReason } from './http/transport-error.ts'
export { transportFailure } from './http/transport-error.ts'
export type { AdminOptions } from './http-api/admin-routes.ts'
export type { Answers, Begun, KeptAnswer } from './http-api/answers-store.ts'
export type { Authorize } from './http-api/authorize.ts'
export type { PullwrightHandler, PullwrightHandlerOptions } from './http-api/handler.ts'
export { createPullwrightHandler } from './http-api/handler.ts'
export type { ClientAddress, HookOptions } from './http-api/hook-guard.ts'
export type {
  AdminPort,
  AdminSurface,
  HealthReport,
  PullwrightHttp,
  ReadyReport,
  ServedRoute,
} from './http-api/http-port.ts'
export type { Job, Jobs } from './http-api/jobs.ts'
export type { RateLimit } from './http-api/rate-limiter.ts'
export type { SourceDefinition, VerifiedRequest } from './inbound/define-source.ts'
export { defineSource } from './inbound/define-source.ts'
export type { BodySource, RawRequest } from './inbound/read-body.ts'
export type { Receive } from './inbound/receive.ts'
export { branchProblem, pathProblem } from './integrations/git-names.ts'
export type {
  Integration,
  IntegrationChange,
  IntegrationDraft,
  IntegrationRules,
  Integrations,
} from './integrations/integrations.ts'
export { ROUTE_VARIABLES } from './integrations/rule-problems.ts'
export type { JsonObject, JsonValue } from './json.ts'
export { canonicalJson, sortKeys } from './json.ts'
export { memoryStore } from './memory/memory-store.ts'
export { newTaskRecord } from './new-task-record.ts'
export type { Limits, PullwrightOptions, RedactionOptions } from './options.ts'
export type { Caller, Capability } from './ports/caller.ts'
export type { Clock } from './ports/clock.ts'
export type { Logger } from './ports/logger.ts'
export type {
  EventSearch,
  FollowUpOptions,
  Handler,
  HandlerContext,
  Outcome,
  Plugin,
  PluginBlobs,
  PluginContext,
  PluginDocuments,
  PluginRoute,
  Schedule,
  ScheduleEmit,
  VcsLookup,
} from './ports/plugin.ts'
export type {
  PastDeployment,
  Policy,
  PolicyActor,
  PolicyDeployment,
  PolicyInput,
  PolicyNeed,
  PolicyRemark,
  PolicyResult,
  PolicyVerdict,
} from './ports/policy.ts'
export type { InboundEvent, InboundRequest, InboundSource, SourceVerdict } from './ports/source.ts'
export type {
  AppendedEvent,
  AppendResult,
  AttemptRecord,
  AuditCheckpoint,
  AuditEntry,
  AuditFilter,
  AuditKeeping,
  BacklogRow,
  BlobStore,
  ClaimedTask,
  ClaimRequest,
  DocumentRow,
  DocumentStore,
  DocumentWrite,
  EndpointRow,
  EventFilter,
  HostTransaction,
  IntegrationRow,
  Lane,
  Lease,
  LeaseTime,
  NewAttempt,
  NewAuditEntry,
  NewEvent,
  NewTask,
  Page,
  Receipt,
  RecentRows,
  Recording,
  RedriveRequest,
  Row,
  Rows,
  ScheduleStore,
  Settlement,
  SettleResult,
  StepRow,
  Store,
  StoreQuery,
  SubscriptionRow,
  TaskFilter,
  TaskRecord,
  TaskStatus,
  TaskTarget,
} from './ports/store.ts'
export type { Span, SpanStart, Telemetry, TraceCarrier } from './ports/telemetry.ts'
export type { Transport, TransportRequest, TransportResponse, TransportTimings } from './ports/transport.ts'
export type {
  CallOptions,
  CommentResult,
  CommentSpec,
  CommitStatus,
  FileChange,
  FileSnapshot,
  LabelEdit,
  MergeMethod,
  MergeRequest,
  MergeResult,
  PublishResult,
  PublishStep,
  PublishStepName,
  PublishSteps,
  PullRequest,
  PullRequestKind,
  PullRequestOrder,
  PullRequestQuery,
  PullRequestRef,
  PullRequestSpec,
  ReadFiles,
  RepositoryInspection,
  Vcs,
  VcsCapabilities,
  VcsConnection,
} from './ports/vcs.ts'
export type {
  ChangedFile,
  CheckAnnotation,
  CheckConclusion,
  CheckResult,
  CheckRun,
  CheckState,
  ForgeDeployment,
  ForgeDeploymentStatus,
  IssueResult,
  IssueSpec,
  Review,
  VcsAccess,
  VcsChecks,
  VcsContents,
  VcsDeployments,
  VcsIssues,
  VcsReviews,
} from './ports/vcs-facets.ts'
export type { Forgotten, PersonExport, PersonName, Privacy } from './privacy/privacy.ts'
export type { Pullwright } from './pullwright.ts'
export { createPullwright } from './pullwright.ts'
export { createRecentRows } from './recent-rows.ts'
export type { CustomDetector, Detector, DetectorOptions } from './redaction/detector.ts'
export type { KeyOptions } from './redaction/key-policy.ts'
export type { Person, PseudonymOptions } from './redaction/pseudonym.ts'
export { pseudonym } from './redaction/pseudonym.ts'
export type { DiffContext } from './redaction/redact-diff.ts'
export type { Fingerprints, Redactor, RedactorOptions, Report } from './redaction/redactor.ts'
export { createRedactor } from './redaction/redactor.ts'
export type { CheckSummary, CheckSummaryOptions } from './rendering/check-summary.ts'
export { renderCheckSummary } from './rendering/check-summary.ts'
export { renderDeploymentAnswer } from './rendering/deployment-answer.ts'
export type { HistoryEntry } from './rendering/deployment-history.ts'
export { renderDeploymentHistory } from './rendering/deployment-history.ts'
export type { FailedDeployment } from './rendering/failed-deployment.ts'
export { renderFailedDeployment } from './rendering/failed-deployment.ts'
export type { PullRequestSection, PullRequestVariable } from './rendering/pull-request-variables.ts'
export { BODY_VARIABLES, TITLE_VARIABLES } from './rendering/pull-request-variables.ts'
export type { RenderedPullRequest, RenderOptions } from './rendering/render-pull-request.ts'
export { renderPullRequest } from './rendering/render-pull-request.ts'
export type { RenderableDeployment } from './rendering/renderable-deployment.ts'
export type { SizeLimit } from './rendering/size.ts'
export { compileTemplate } from './rendering/template.ts'
export type { AuditRetention } from './retention/audit-retention.ts'
export type { PruneRequest } from './retention/prune.ts'
export type { RetentionOptions } from './retention/retention.ts'
export type { RetryPresetName } from './retry/presets.ts'
export type { RetrySchedule, RetryScheduleOptions } from './retry/retry-schedule.ts'
export { retrySchedule } from './retry/retry-schedule.ts'
export type { RotatingSecretBox, SecretBox } from './secrets/secret-box.ts'
export { createSecretBox, generateKey } from './secrets/secret-box.ts'
export type { PathRules, PathSelection } from './selection/path-selection.ts'
export { createPathSelection } from './selection/path-selection.ts'
export type {
  HeaderValue,
  SignRequest,
  VerifyFailure,
  VerifyRequest,
  VerifyResult,
  WebhookHeaders,
  WebhookScheme,
} from './signing/index.ts'
export { generateSecret, schemes, signWebhook, verifyWebhook } from './signing/index.ts'
export type { CapturedResponse, DeliveryCapture } from './webhooks/capture.ts'
export type {
  Deliveries,
  Delivery,
  DeliveryDetails,
  DeliveryFilter,
  EndedStatus,
  Moment,
  RecoverRequest,
} from './webhooks/deliveries.ts'
export type { Endpoint } from './webhooks/endpoint.ts'
export type { EndpointHealth } from './webhooks/endpoint-health.ts'
export type { EndpointChange, EndpointDraft, EndpointTestDraft, SecretRotation } from './webhooks/endpoint-schema.ts'
export type { EndpointFilter, EndpointPayload, EndpointScheme, EndpointSettings } from './webhooks/endpoint-settings.ts'
export type { Endpoints } from './webhooks/endpoints.ts'
export type { RecoverRange } from './webhooks/recover.ts'
export type { EndpointTest } from './webhooks/test-endpoint.ts'
