import { createHash } from 'node:crypto'
import type { CheckResult, CheckRun } from '@pullwright/core'
import { cutText } from '@pullwright/core/vcs'
import type { CallContext, GitHubClient } from '../client.ts'
import { LIMITS } from '../limits.ts'
import { repositoryName } from '../repository-name.ts'
import type { Viewer } from './viewer.ts'

/** One request where nothing changed, two where something did, one more for each further 50 annotations. */
export async function upsertCheckRun(
  client: GitHubClient,
  viewer: Viewer,
  sha: string,
  check: CheckRun,
  context: CallContext,
): Promise<CheckResult> {
  const there = await findRun(client, viewer, sha, check.name, context)
  const mark = markOf(check)
  if (there?.external_id === mark) return { outcome: 'unchanged', as: 'check', ...placeOf(there) }
  const kept = there !== null && annotationsOf(there.external_id) === annotationsOf(mark)
  const batches = batchesOf(kept ? [] : (check.annotations ?? []))
  const write = async (run: Written | null, batch: number): Promise<Written> => {
    const last = batch >= batches.length - 1
    const fields = fieldsOf(check, batches[batch] ?? [], last ? mark : PARTIAL)
    const place = { ...placeIn(context), ...fields }
    const { data } = await client.rest<{ status: number; data: Written }>(
      (request, common) =>
        run === null
          ? request('POST /repos/{owner}/{repo}/check-runs', { ...place, name: check.name, head_sha: sha, ...common })
          : request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
              ...place,
              check_run_id: Number(run.id),
              ...common,
            }),
      { ...context, needs: ['checks=write'] },
    )
    return last ? data : write(data, batch + 1)
  }
  // GitHub only ever adds annotations: where others are wanted, a new run of this name takes the old one's place.
  const editable = kept || (there !== null && annotationsOf(there.external_id) === NO_ANNOTATIONS)
  const run = await write(editable ? there : null, 0)
  return { outcome: there === null ? 'created' : 'updated', as: 'check', ...placeOf(run) }
}

interface Written {
  id: number | bigint
  html_url: string | null
  details_url: string | null
  external_id: string | null
}

const MARK = 'pullwright:'
/** Not everything was sent yet: equal to no mark, and so is written again. */
const PARTIAL = `${MARK}partial:partial`
const NO_ANNOTATIONS = digest([])

/** The newest run of this name that we wrote. */
async function findRun(client: GitHubClient, viewer: Viewer, sha: string, name: string, context: CallContext) {
  const { data } = await client.rest(
    (request, common) =>
      request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
        ...placeIn(context),
        ref: sha,
        check_name: name,
        filter: 'latest',
        per_page: 100,
        ...common,
      }),
    { ...context, needs: ['checks=read'] },
  )
  const marked = data.check_runs.filter((run) => run.name === name && run.external_id?.startsWith(MARK))
  if (marked.length === 0) return null
  const self = await viewer(context)
  const ours = marked.filter(({ app }) => `${app?.slug}[bot]`.toLowerCase() === self.toLowerCase())
  return ours.sort((a, b) => Number(b.id) - Number(a.id))[0] ?? null
}

/** Kept in `external_id`: digests of everything, and of the annotations, which GitHub would not tell without asking. */
function markOf(check: CheckRun): string {
  const { annotations = [], ...rest } = check
  return `${MARK}${digest([rest, annotations])}:${digest(annotations)}`
}

function annotationsOf(mark: string | null): string {
  return mark?.split(':')[2] ?? ''
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
}

function fieldsOf(check: CheckRun, annotations: NonNullable<CheckRun['annotations']>, external_id: string) {
  const { state, title, summary, url } = check
  const status = state === 'queued' || state === 'in_progress' ? { status: state } : { conclusion: state }
  return {
    external_id,
    ...status,
    ...(url === undefined ? {} : { details_url: url }),
    output: {
      title: cutText(title, LIMITS.title),
      summary: cutText(summary, LIMITS.checkText),
      annotations: annotations.map(({ path, line, level, title: about, message }) => ({
        path,
        start_line: line,
        end_line: line,
        annotation_level: level,
        message: cutText(message, LIMITS.annotation),
        ...(about === undefined ? {} : { title: cutText(about, LIMITS.annotationTitle) }),
      })),
    },
  }
}

/** At least one, for there is more to write than annotations. */
function batchesOf<Item>(items: readonly Item[]): Item[][] {
  const count = Math.max(1, Math.ceil(items.length / LIMITS.annotations))
  return Array.from({ length: count }, (_, n) => items.slice(n * LIMITS.annotations, (n + 1) * LIMITS.annotations))
}

function placeOf(run: Written): Pick<CheckResult, 'id' | 'url'> {
  return { id: String(run.id), url: run.html_url ?? run.details_url }
}

function placeIn({ repository }: CallContext) {
  const { owner, name: repo } = repositoryName(repository)
  return { owner, repo }
}
