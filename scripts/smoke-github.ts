import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { isPullwrightError, type PublishResult, type PullRequestSpec, type Vcs } from '@pullwright/core'
import { github } from '@pullwright/github'

const USAGE = `Runs the whole life of a pull request against a real GitHub repository, and cleans up after itself.

  GITHUB_TOKEN=… npx tsx -C @pullwright/source scripts/smoke-github.ts --repository owner/name

  --repository owner/name   where; the token needs Contents, Pull requests and Commit statuses: write
  --base-url URL            GitHub Enterprise Server: https://HOST/api/v3
  --base BRANCH             default: the repository's default branch
  --reviewer LOGIN          asks somebody for a review
  --team SLUG               asks a team for a review
  --label NAME              adds a label, made when it is not there`

interface Settings {
  token: string
  repository: string
  baseUrl?: string
  base?: string
  wishes: Partial<PullRequestSpec>
}

/** Exit code: 0 all went well, 1 something did not, 2 the command was not understood. */
export async function main(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<0 | 1 | 2> {
  const settings = readSettings(args, env)
  if (typeof settings === 'string') {
    print(`${settings}\n\n${USAGE}`)
    return 2
  }
  const { token, baseUrl } = settings
  const vcs = github({ auth: { token }, ...(baseUrl === undefined ? {} : { baseUrl }) })
  try {
    return await smoke(vcs, settings, print)
  } catch (error) {
    print(isPullwrightError(error) ? `FAILED  ${error.code}: ${error.message}` : `FAILED  ${String(error)}`)
    return 1
  } finally {
    await vcs.close?.()
  }
}

async function smoke(
  vcs: Vcs,
  { repository, base, wishes, ...api }: Settings,
  print: (line: string) => void,
): Promise<0 | 1> {
  const inspection = await vcs.inspect(repository)
  for (const problem of inspection.problems) print(`note    ${problem}`)
  const target = base ?? inspection.defaultBranch
  if (target === null) {
    print(`FAILED  ${repository} has no branch to open a pull request into.`)
    return 1
  }
  const run = `${Date.now().toString(36)}`
  const branch = `pullwright-smoke/${run}`
  const spec = (revision: number): PullRequestSpec => ({
    repository,
    base: target,
    branch,
    kind: 'document',
    identity: `smoke-${run}-${revision}`,
    files: [{ path: `pullwright-smoke/${run}.json`, content: `${JSON.stringify({ revision }, null, 2)}\n` }],
    commitMessage: `Smoke test, revision ${revision}`,
    title: `Pullwright smoke test ${run}, revision ${revision}`,
    body: `Opened by a smoke test, which closes it again. Revision ${revision}.`,
    ...wishes,
  })
  let ok = true
  let opened: PublishResult['pullRequest'] = null
  const step = async (expected: PublishResult['outcome'], revision: number): Promise<void> => {
    const started = performance.now()
    const result = await vcs.publishPullRequest(spec(revision))
    opened = result.pullRequest ?? opened
    ok = report(result, expected, performance.now() - started, print) && ok
  }
  try {
    await step('created', 1)
    await step('unchanged', 1)
    await step('updated', 2)
  } finally {
    if (opened !== null) await vcs.closePullRequest(opened)
    const deleted = await deleteBranch({ repository, ...api }, branch)
    print(deleted ? `closed  and the branch ${branch} is gone` : `note    Delete the branch ${branch} by hand.`)
  }
  print(ok ? 'All went well.' : 'Something did not go as it should: see above.')
  return ok ? 0 : 1
}

function report(
  { outcome, pullRequest, steps, reason }: PublishResult,
  expected: PublishResult['outcome'],
  milliseconds: number,
  print: (line: string) => void,
): boolean {
  const failed = Object.entries(steps).filter(([, { status }]) => status === 'failed')
  const right = outcome === expected && failed.length === 0
  print(
    `${right ? 'ok     ' : 'FAILED '} ${outcome} in ${Math.round(milliseconds)} ms  ${pullRequest?.url ?? reason ?? ''}`,
  )
  for (const [name, { status, error }] of Object.entries(steps)) {
    print(`          ${name}: ${status}${error === undefined ? '' : ` (${error})`}`)
  }
  return right
}

/** The one thing that the adapter has no verb for. Whether the branch is gone. */
async function deleteBranch(settings: Omit<Settings, 'wishes'>, branch: string): Promise<boolean> {
  const api = (settings.baseUrl ?? 'https://api.github.com').replace(/\/+$/, '')
  const response = await fetch(`${api}/repos/${settings.repository}/git/refs/heads/${branch}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${settings.token}`, 'user-agent': 'pullwright-smoke' },
  })
  return response.ok || response.status === 422
}

function readSettings(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Settings | string {
  const options = {
    repository: { type: 'string' },
    'base-url': { type: 'string' },
    base: { type: 'string' },
    reviewer: { type: 'string', multiple: true },
    team: { type: 'string', multiple: true },
    label: { type: 'string', multiple: true },
  } as const
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values']
  try {
    values = parseArgs({ args: [...args], options }).values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const token = env.GITHUB_TOKEN?.trim() ?? ''
  if (token === '') return 'GITHUB_TOKEN is not set.'
  if (values.repository === undefined) return '--repository is missing.'
  const { repository, base, reviewer, team, label } = values
  const baseUrl = values['base-url']
  return {
    token,
    repository,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(base === undefined ? {} : { base }),
    wishes: {
      ...(reviewer === undefined ? {} : { reviewers: reviewer }),
      ...(team === undefined ? {} : { teamReviewers: team }),
      ...(label === undefined ? {} : { labels: label }),
    },
  }
}

const started = process.argv[1]
if (started !== undefined && import.meta.url === pathToFileURL(started).href) {
  process.exitCode = await main(process.argv.slice(2), process.env, console.log)
}
