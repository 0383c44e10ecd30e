import {
  BODY_VARIABLES,
  branchProblem,
  compileTemplate,
  createPathSelection,
  createRedactor,
  type MergeMethod,
  type Policy,
  PullwrightError,
  pathProblem,
  ROUTE_VARIABLES,
  TITLE_VARIABLES,
  type Vcs,
} from '@pullwright/core'
import { routeSchema } from './route-schema.ts'

/** Which deployments a route is for. Names may hold `*`; of several, one must fit. Absent: all. */
export interface RouteWhen {
  project?: string | string[]
  app?: string | string[]
  environment?: string | string[]
}

/** One way from a deployment to a pull request. */
export interface Route {
  /** The adapter, or its name among `createPullwright({ vcs })`. */
  vcs: string | Vcs
  /** `owner/name`. */
  repository: string
  /** The branch to merge into. Default `main`. */
  base?: string
  when?: RouteWhen
  /** `false`: these deployments get no pull request. Default `true`. */
  pullRequest?: boolean
  /** Default `deployments/{{app}}/{{environment}}.json`. Name `{{project}}` where several projects share a repository. */
  path?: string
  /** Default by the path's ending, else `json`. YAML has long texts as block scalars, so that a prompt's change reads line by line. */
  format?: 'json' | 'yaml'
  /** Default `pullwright/{{app}}/{{environment}}`. Projects other than `default` that it does not name are added: `…+{{project}}`. */
  branch?: string
  /** `update`: one open pull request for each app and environment. `separate`: one for each deployment. Default `update`. */
  strategy?: 'update' | 'separate'
  /** Template of the title, such as `Deploy {{app_name}}`. */
  title?: string
  /** Template of the body; `renderPullRequest` lists its variables. */
  template?: string
  /** Default: `agenta-deployment` and the environment's name. */
  labels?: string[]
  /** User names; `owner/team` names a team. */
  reviewers?: string[]
  teamReviewers?: string[]
  assignees?: string[]
  draft?: boolean
  /**
   * `true`: by the first method the repository allows. `false` switches it off where it is on. Absent: left as people set
   * it. By environment, `{ staging: 'squash' }`: those not named are merged by themselves, but for those that begin with
   * `prod`. A policy that blocks switches it off, and what the base's rules ask for, such as approvals of code owners, is
   * waited for.
   */
  autoMerge?: boolean | MergeMethod | AutoMergeByEnvironment
  /**
   * Where somebody else committed to the branch: go on while they left our files alone (`append`, the default), never
   * (`fail`), or take a branch beside it (`new-branch`).
   */
  onForeignCommits?: 'append' | 'fail' | 'new-branch'
  /** Judged for each deployment: what they say stands in the pull request and its check, and a block prevents auto-merge. */
  policies?: readonly Policy[]
  /** What else is kept up to date on the forge. */
  report?: RouteReport
  include?: RouteInclude
  /** Key patterns to hide here beyond the instance's own, such as `internal_*`. */
  redact?: string[]
  /** E-mail addresses stand as keyed pseudonyms. Endpoints with `payload.pseudonymise` get the same. */
  pseudonymise?: boolean
  /** Publishes nothing while the repository is public; costs one request more. */
  requirePrivate?: boolean
  /** Template of the link back, for deployments that carry no `url`. */
  links?: string
}

/** Names may hold `*`; the one that is written out goes first. */
export type AutoMergeByEnvironment = Readonly<Record<string, boolean | MergeMethod>>

export interface RouteReport {
  /** A check, or a commit status where there are none: "Deployment to production". Default: where there are policies. */
  check?: boolean
  /** The forge's own record of the deployment and its state. Default `false`. */
  deployment?: boolean
  /** One comment with the deployments that the pull request documents, kept up to date. Default `false`. */
  comment?: boolean
  /** An issue for a deployment that failed before it ever ran, which has no pull request. Default `false`. */
  issue?: boolean
}

export interface RouteInclude {
  /** The configuration in the committed file. Default `true`. */
  config?: boolean
  /** What changed, in the pull request. Default `true`. */
  diff?: boolean
  /**
   * Only these places of the configuration, each with all below: `model`, `llm_config.temperature`, `messages[*].content`,
   * `**.description`. `createPathSelection` has the rules; a configuration without members, a text, is then left out whole.
   */
  only?: string[]
  /** All but these; wins over `only`. */
  except?: string[]
}

/** A route that was checked, with its templates compiled. */
export interface CompiledRoute {
  /** Stays the same while what the route is about does, so that a task finds its route after a restart. */
  id: string
  route: Route
  vcs: string
  /** The adapter's name, or the host a tenant named. */
  host: string
  path: (values: RouteValues) => string
  branch: (values: RouteValues) => string
  link: ((values: RouteValues) => string) | null
  format: 'json' | 'yaml'
  /** The path is the one that routes have by default. */
  defaultPath: boolean
  /** The branch tells projects apart. */
  namesProject: boolean
}

export type RouteValues = Record<(typeof ROUTE_VARIABLES)[number], string>

/** Checks a route and compiles its templates. Throws `invalid-argument` that names every mistake and the route. */
export function compileRoute(route: Route, where: string): CompiledRoute {
  const parsed = routeSchema.safeParse(route)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ path: [where, ...path].join('.'), message }))
    const text = problems.map(({ path, message }) => `${path}: ${message}`).join('; ')
    throw new PullwrightError('invalid-argument', `A route was refused: ${text}`, { problems })
  }
  const format = route.format ?? (/\.ya?ml$/.test(route.path ?? '') ? 'yaml' : 'json')
  const defaultPath = `deployments/{{app}}/{{environment}}.${format}`
  const path = template(route.path ?? defaultPath, `${where}.path`)
  const branch = template(branchTemplate(route), `${where}.branch`)
  refuse(pathProblem(path(SAMPLE)), `${where}.path`)
  refuse(branchProblem(branch(SAMPLE)), `${where}.branch`)
  refuse(branchProblem(route.base ?? 'main'), `${where}.base`)
  if (route.branch === (route.base ?? 'main')) refuse('must not be the base itself', `${where}.branch`)
  named(`${where}.include`, () => createPathSelection(route.include ?? {}))
  named(`${where}.redact`, () => createRedactor({ keys: route.redact ?? [] }))
  if (route.title !== undefined) template(route.title, `${where}.title`, TITLE_VARIABLES)
  if (route.template !== undefined) template(route.template, `${where}.template`, BODY_VARIABLES)
  const link = route.links === undefined ? null : template(route.links, `${where}.links`)
  const vcs = typeof route.vcs === 'string' ? route.vcs : route.vcs.name
  const id = JSON.stringify([
    vcs,
    route.repository,
    route.base ?? null,
    route.path ?? null,
    route.branch ?? null,
    format,
    route.when ?? null,
  ])
  return {
    ...{ id, route, vcs, host: vcs, path, branch, link, format },
    defaultPath: route.path === undefined || route.path === defaultPath,
    namesProject: /\{\{\s*project\s*\}\}/.test(route.branch ?? ''),
  }
}

/** Stands for any deployment: what is wrong even so is wrong in the template. */
const SAMPLE = Object.fromEntries(ROUTE_VARIABLES.map((name) => [name, 'x'])) as RouteValues

function refuse(problem: string | null, where: string): void {
  if (problem !== null) throw new PullwrightError('invalid-argument', `${where} ${problem}`)
}

/** With `separate` each deployment needs a branch of its own: its identity is added where the template has none. */
function branchTemplate(route: Route): string {
  const asked = route.branch ?? 'pullwright/{{app}}/{{environment}}'
  const own = /\{\{\s*(identity|deployment_id)\s*\}\}/.test(asked)
  return route.strategy === 'separate' && !own ? `${asked}-r{{revision}}-{{identity}}` : asked
}

function template(
  text: string,
  where: string,
  variables: readonly string[] = ROUTE_VARIABLES,
): (values: RouteValues) => string {
  return named(where, () => compileTemplate(text, variables))
}

/** What fails is known by where it stands in the options. */
function named<T>(where: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PullwrightError('invalid-argument', `${where}: ${reason}`, { cause: error })
  }
}
