import {
  type CheckAnnotation,
  type CheckRun,
  type CommitStatus,
  type EventRecord,
  type JsonObject,
  type PolicyRemark,
  type PolicyResult,
  type Redactor,
  renderCheckSummary,
} from '@pullwright/core'
import { worstVerdict } from './policies/run-policies.ts'
import type { PullRequestRecord, RecordedDeployment } from './pull-request-record.ts'

/** GitHub's, the shortest of the forges': descriptions of statuses and of deployment statuses. */
const MAX_DESCRIPTION = 140

export interface ReportFacts {
  deployment: EventRecord
  record: PullRequestRecord
  entry: RecordedDeployment
  redactor: Redactor
  details: boolean
  /** The line of a path of the configuration in the committed file; null where it is not in it. */
  lineOf: (path: string) => { path: string; line: number } | null
}

/** The check "Deployment to production": what happened, what changed, what policies say, with annotations at their lines. */
export function deploymentCheck(facts: ReportFacts): CheckRun {
  const { deployment, record, entry, redactor, details } = facts
  const data = deployment.data as JsonObject
  const results = record.policies as unknown as PolicyResult[]
  const { title, summary, text } = renderCheckSummary(
    { ...data, timestamp: deployment.occurredAt },
    { redactor, details, policies: results },
  )
  const url = textOf(data.url)
  return {
    name: checkName(data),
    state: stateOf(entry, results),
    title: titleOf(entry, results) ?? title,
    summary: [summary, text].filter((part) => part !== '').join('\n\n'),
    ...(url === null ? {} : { url }),
    annotations: results.flatMap((result) => result.remarks.flatMap((remark) => annotationOf(result, remark, facts))),
  }
}

/** The same in the few words a commit status has. */
export function deploymentStatus(check: CheckRun): CommitStatus {
  const failed = check.state === 'failure'
  return {
    context: check.name,
    state: failed ? 'failure' : 'success',
    description: check.title.slice(0, MAX_DESCRIPTION),
    ...(check.url === undefined ? {} : { url: check.url }),
  }
}

function checkName({ environment }: JsonObject): string {
  return `Deployment to ${String(environment)}`
}

function stateOf({ status }: RecordedDeployment, results: readonly PolicyResult[]): CheckRun['state'] {
  if (status === 'failed' || worstVerdict(results) === 'block') return 'failure'
  return status === 'rolled_back' ? 'neutral' : 'success'
}

/** What matters more than what changed; null where nothing does. */
function titleOf({ status }: RecordedDeployment, results: readonly PolicyResult[]): string | null {
  if (status === 'failed') return 'The deployment failed'
  const blocking = results.filter(({ verdict }) => verdict === 'block')
  if (blocking.length > 0) return `Blocked: ${blocking.map(({ title }) => title).join('; ')}`.slice(0, 255)
  return status === 'rolled_back' ? 'Rolled back' : null
}

function annotationOf(
  { title, verdict }: PolicyResult,
  { path, message }: PolicyRemark,
  { lineOf, redactor }: ReportFacts,
): CheckAnnotation[] {
  const place = lineOf(path)
  if (place === null) return []
  return [{ ...place, level: verdict === 'block' ? 'failure' : 'warning', title, message: redactor.text(message) }]
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
