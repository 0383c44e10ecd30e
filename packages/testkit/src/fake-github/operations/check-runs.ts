import { demand, type Session } from '../model/access.ts'
import type { CheckAnnotation, CheckRun, Repository } from '../model/entities.ts'
import { Refusal } from '../model/refusal.ts'
import { register, type World } from '../model/world.ts'
import { runAutoMerges } from './merging.ts'
import { noCommit } from './statuses.ts'

export type NewCheckRun = Pick<
  CheckRun,
  'sha' | 'name' | 'status' | 'conclusion' | 'detailsUrl' | 'externalId' | 'output' | 'startedAt' | 'completedAt'
>

/** Only apps may: a fine-grained token cannot even be given the permission. */
export async function createCheckRun(
  world: World,
  session: Session,
  repository: Repository,
  input: NewCheckRun,
  annotations: readonly CheckAnnotation[] = [],
) {
  demand(session, repository, { permissions: ['checks'], level: 'write', action: 'CreateCheckRun' })
  if (session.token?.kind !== 'installation') {
    const message = 'You must authenticate via a GitHub App.'
    throw new Refusal('FORBIDDEN', message, { restMessage: message, accepted: 'checks=write' })
  }
  if ((await repository.git.resolve(input.sha)) !== input.sha) throw noCommit(input.sha)
  const run = register<CheckRun>(world, {
    kind: 'CheckRun',
    repository,
    ...input,
    annotations: checkedOutput(input.output, annotations),
    app: session.account ?? repository.owner,
  })
  repository.checkRuns.push(run)
  await runAutoMerges(world, repository)
  return run
}

export type CheckRunEdit = Partial<Omit<NewCheckRun, 'sha' | 'startedAt'>>

/** Annotations are added to those before: GitHub knows no way to take one back. */
export async function editCheckRun(
  world: World,
  session: Session,
  run: CheckRun,
  edit: CheckRunEdit,
  annotations: readonly CheckAnnotation[],
): Promise<CheckRun> {
  const { repository } = run
  demand(session, repository, { permissions: ['checks'], level: 'write', action: 'UpdateCheckRun' })
  if (session.account !== run.app) {
    const message = `Invalid app_id \`${session.account?.databaseId}\` - check run can only be modified by the GitHub App that created it.`
    throw new Refusal('FORBIDDEN', message, { restMessage: message })
  }
  const added = checkedOutput(edit.output ?? run.output, annotations)
  Object.assign(run, edit)
  run.annotations.push(...added)
  await runAutoMerges(world, repository)
  return run
}

/** https://docs.github.com/rest/checks/runs */
const MAX_ANNOTATIONS = 50
const MAX_TEXT = 65_535

function checkedOutput(output: CheckRun['output'], annotations: readonly CheckAnnotation[]): CheckAnnotation[] {
  const long = [output.summary, output.text].find((part) => [...(part ?? '')].length > MAX_TEXT)
  const message =
    typeof long === 'string'
      ? `Invalid request.\n\nOnly ${MAX_TEXT} characters are allowed; ${[...long].length} were supplied.`
      : annotations.length > MAX_ANNOTATIONS
        ? `Invalid request.\n\nNo more than ${MAX_ANNOTATIONS} items are allowed; ${annotations.length} were supplied.`
        : null
  if (message !== null) throw new Refusal('UNPROCESSABLE', message, { restMessage: message })
  return [...annotations]
}

/** The newest run of each app and name. */
export function latestRuns(runs: readonly CheckRun[]): CheckRun[] {
  return [...new Map(runs.map((run) => [`${run.app.id} ${run.name}`, run])).values()]
}
