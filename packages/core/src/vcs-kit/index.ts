/**
 * What every adapter to a forge needs, for whoever writes one: a pull request's marker, the checks before the first
 * request, and the decision what to do. An adapter states its forge's rules (`ForgeRules`), makes a `Job` of what it is
 * asked for, and gives `publish` the verbs that read and write.
 *
 * @module @pullwright/core/vcs
 */
export { checkBranchName, parentNames } from './branch-name.ts'
export { checkFiles, checkPath } from './check-files.ts'
export { commentMarker, hasCommentMarker, writeComment } from './comment-marker.ts'
export { besideBranch, decide, LATE } from './decide.ts'
export type { ForgeRules, NameRule } from './forge-rules.ts'
export { bodyLimit, checkLength, cutText, lengthIn } from './forge-rules.ts'
export { blobId, filesDigest } from './git-blob.ts'
export type { Job, JobFile } from './job.ts'
export { bodyOf, jobOnBranch, toJob } from './job.ts'
export { lazyTransport } from './lazy-transport.ts'
export type { Marker, MarkerStyle } from './marker.ts'
export { isLater, isOrder, MARKER_ROOM, MAX_IDENTITY, readMarker, writeMarker } from './marker.ts'
export { distinctNames } from './names.ts'
export type { Attempt, PublishVerbs } from './publish.ts'
export { publish } from './publish.ts'
export type {
  BranchCommits,
  CreateDecision,
  Decision,
  Evidence,
  ForeignCommit,
  Head,
  KnownPullRequest,
  PublishState,
  Tip,
  Touch,
  UpdateDecision,
} from './publish-state.ts'
export { askedSteps, conflictResult, stepOf, unchangedResult } from './results.ts'
export type { WebhookSecret } from './webhook-secrets.ts'
export { webhookSecretsOf } from './webhook-secrets.ts'
