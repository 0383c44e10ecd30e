/**
 * Stateful fake forges over HTTP and conformance suites for stores and forge adapters.
 *
 * @module @pullwright/testkit
 */
export type { AgentaDelivery } from './fake-agenta/agenta-delivery.ts'
export type { AgentaRevision, NewAgentaRevision } from './fake-agenta/agenta-state.ts'
export type { EnvironmentChange, FakeAgenta, FakeAgentaOptions, FakeAgentaRequest } from './fake-agenta/fake-agenta.ts'
export { fakeAgenta } from './fake-agenta/fake-agenta.ts'
export type { BitbucketRequest, FakeBitbucket, FakeBitbucketOptions } from './fake-bitbucket/fake-bitbucket.ts'
export { fakeBitbucket } from './fake-bitbucket/fake-bitbucket.ts'
export type { MergeStrategy, RepositoryPermission } from './fake-bitbucket/model/entities.ts'
export type { BitbucketDelivery } from './fake-bitbucket/state/delivery.ts'
export type {
  BitbucketCommit,
  FakeBitbucketState,
  NewBitbucketPullRequest,
  NewBitbucketRepository,
  NewBitbucketToken,
} from './fake-bitbucket/state/fake-bitbucket-state.ts'
export type { FakeGitHub, FakeGitHubOptions } from './fake-github/fake-github.ts'
export { fakeGitHub } from './fake-github/fake-github.ts'
export type { GitHubFault } from './fake-github/faults.ts'
export { gitHubFaults } from './fake-github/faults.ts'
export type { SchemaFeature } from './fake-github/graphql/schema.ts'
export type { MergeMethodName, Role } from './fake-github/model/entities.ts'
export type { PermissionLevel, PermissionName, Permissions } from './fake-github/model/permissions.ts'
export type { RateResource } from './fake-github/rate-limit.ts'
export type { RecordedRequest } from './fake-github/recorded-request.ts'
export type { AppDelivery, InstallationAction } from './fake-github/state/app-delivery.ts'
export type {
  AppCredentials,
  FakeGitHubApps,
  NewApp,
  NewInstallation,
  PostedManifest,
} from './fake-github/state/apps.ts'
export type {
  DeliveryKind,
  DeliveryOrder as GitHubDeliveryOrder,
  GitHubDelivery,
} from './fake-github/state/deliveries.ts'
export type {
  FakeGitHubInspection,
  FakeGitHubPeople,
  FakeGitHubSetup,
  FakeGitHubState,
  RepositoryChanges,
} from './fake-github/state/fake-github-state.ts'
export type { HandStatus, HumanCommit, NewPullRequestByHand } from './fake-github/state/people.ts'
export type { NewProtection } from './fake-github/state/protections.ts'
export type { NewRepository, NewToken, NewUser } from './fake-github/state/setup.ts'
export type {
  CheckRunSnapshot,
  CommitSnapshot,
  DeploymentSnapshot,
  IssueSnapshot,
  LabelSnapshot,
  PullRequestSnapshot,
  StatusSnapshot,
} from './fake-github/state/snapshots.ts'
export type { FakeGitLab, FakeGitLabOptions } from './fake-gitlab/fake-gitlab.ts'
export { fakeGitLab } from './fake-gitlab/fake-gitlab.ts'
export type { GitLabFault } from './fake-gitlab/faults.ts'
export { gitLabFaults } from './fake-gitlab/faults.ts'
export type {
  GitLabMergeMethod,
  GitLabRole,
  PipelineStatus,
  ProtectedBranch,
  SquashOption,
} from './fake-gitlab/model/entities.ts'
export type { TokenScope } from './fake-gitlab/model/world.ts'
export type { RecordedGitLabRequest } from './fake-gitlab/recorded-request.ts'
export type { FakeGitLabState } from './fake-gitlab/state/create-state.ts'
export type { DeliveryOrder, GitLabDelivery } from './fake-gitlab/state/deliveries.ts'
export type { GitLabHumanCommit } from './fake-gitlab/state/people.ts'
export type { NewGitLabToken, NewProject } from './fake-gitlab/state/setup.ts'
export type { GitLabCommitSnapshot, MergeRequestSnapshot } from './fake-gitlab/state/snapshots.ts'
export type { FailHandle, FailMatch, FailRule, FailSubject } from './http/fail-rules.ts'
export type { ConformanceCase, Created, OpenTransaction, StoreHarness } from './store-conformance/harness.ts'
export { storeConformance } from './store-conformance/store-conformance.ts'
export type {
  HandCommit,
  OptionalAct,
  VcsConformanceCase,
  VcsConformanceOutcome,
  VcsFault,
  VcsHarness,
  VcsNeed,
  VcsSetting,
} from './vcs-conformance/harness.ts'
export { vcsConformance } from './vcs-conformance/vcs-conformance.ts'
