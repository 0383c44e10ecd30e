import type { Repository } from '../model/entities.ts'
import { Refusal, type RestProblem } from '../model/refusal.ts'

/** Longest body of a pull request, an issue or a comment, in characters. */
export const BODY_LIMIT = 65_536
const TITLE_LIMIT = 256

/** What is wrong, as a GraphQL sentence and as an entry of a REST 422; some sentences have no entry of their own. */
interface PullRequestProblem {
  message: string
  rest: RestProblem | null
}

export interface Ends {
  headOid: string
  baseOid: string
}

/** Where a new pull request starts and ends; throws everything that GitHub would find wrong, together. */
export async function checkNewPullRequest(
  repository: Repository,
  input: { base: string; title: string; body: string | null },
  head: string,
): Promise<Ends> {
  const [headOid, baseOid] = await Promise.all([
    repository.git.resolve(`refs/heads/${head}`),
    repository.git.resolve(`refs/heads/${input.base}`),
  ])
  const twin = repository.pullRequests.some(
    (other) => other.state === 'OPEN' && other.headRefName === head && other.baseRefName === input.base,
  )
  const problems = [
    ...textProblems(input.title, input.body ?? ''),
    ...(await branchProblems(repository, input.base, head, headOid, baseOid)),
    ...(twin ? [custom(`A pull request already exists for ${repository.owner.login}:${head}.`)] : []),
  ]
  if (problems.length > 0 || headOid === null || baseOid === null) {
    // The payload is there, with nothing in it: GitHub's way with this mutation.
    throw refusal(problems, { pullRequest: null })
  }
  return { headOid, baseOid }
}

export function checkText(title: string, body: string): void {
  const problems = textProblems(title, body)
  if (problems.length > 0) throw refusal(problems)
}

/** Whether a text has more characters than GitHub takes; a pair of surrogates counts as one. */
export function isTooLong(body: string): boolean {
  return body.length > BODY_LIMIT && [...body].length > BODY_LIMIT
}

async function branchProblems(
  repository: Repository,
  base: string,
  head: string,
  headOid: string | null,
  baseOid: string | null,
): Promise<PullRequestProblem[]> {
  const none = `No commits between ${base} and ${head}`
  if (headOid !== null && baseOid !== null) {
    return (await repository.git.compare(baseOid, headOid)).ahead > 0 ? [] : [custom(none)]
  }
  const invalid = (field: string) => ({ resource: 'PullRequest', field, code: 'invalid' })
  return [
    { message: "Head sha can't be blank", rest: headOid === null ? invalid('head') : null },
    { message: "Base sha can't be blank", rest: baseOid === null ? invalid('base') : null },
    { message: none, rest: null },
    ...(headOid === null ? [{ message: 'Head ref must be a branch', rest: null }] : []),
    ...(baseOid === null ? [{ message: 'Base ref must be a branch', rest: null }] : []),
  ]
}

function textProblems(title: string, body: string): PullRequestProblem[] {
  const problems: PullRequestProblem[] = []
  if (title.trim() === '') {
    const rest = { resource: 'PullRequest', code: 'missing_field', field: 'title' }
    problems.push({ message: "Title can't be blank", rest })
  }
  if ([...title].length > TITLE_LIMIT) problems.push(tooLong('Title', TITLE_LIMIT))
  if (isTooLong(body)) problems.push(tooLong('Body', BODY_LIMIT))
  return problems
}

function tooLong(name: string, limit: number): PullRequestProblem {
  const field = name.toLowerCase()
  const rest = `is too long (maximum is ${limit} characters)`
  return {
    message: `${name} ${rest}`,
    rest: { resource: 'PullRequest', code: 'custom', field, message: `${field} ${rest}` },
  }
}

function custom(message: string): PullRequestProblem {
  return { message, rest: { resource: 'PullRequest', code: 'custom', message } }
}

/** GraphQL joins the sentences, REST lists the entries. */
function refusal(problems: readonly PullRequestProblem[], data?: unknown): Refusal {
  return new Refusal('UNPROCESSABLE', problems.map((one) => one.message).join(', '), {
    restMessage: 'Validation Failed',
    restErrors: problems.flatMap((one) => one.rest ?? []),
    ...(data === undefined ? {} : { data }),
  })
}
