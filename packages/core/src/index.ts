export type { Problem, PullwrightErrorCode, VcsErrorCode, VcsErrorOptions } from './errors.ts'
export { isPullwrightError, isVcsError, PullwrightError, VcsError } from './errors.ts'
export type { AnyEventDefinition, EventDefinition } from './events/define-event.ts'
export type { EventRecord, KeptPart, Redaction, WireEnvelope } from './events/event.ts'
export type { JsonObject, JsonValue } from './json.ts'
export { canonicalJson } from './json.ts'
export type { Clock } from './ports/clock.ts'
export type { Logger } from './ports/logger.ts'
export type {
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
export type { InboundEvent, InboundRequest, InboundSource, SourceVerdict } from './ports/source.ts'
export type {
  AppendResult,
  AttemptRecord,
  AuditEntry,
  AuditFilter,
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
  NewAttempt,
  NewAuditEntry,
  NewEvent,
  NewTask,
  Page,
  Receipt,
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
export type { Telemetry } from './ports/telemetry.ts'
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
  PullRequestQuery,
  PullRequestRef,
  PullRequestSpec,
  ReadFiles,
  RepositoryInspection,
  Vcs,
  VcsCapabilities,
  VcsConnection,
} from './ports/vcs.ts'
export type { RetrySchedule } from './retry/retry-schedule.ts'
