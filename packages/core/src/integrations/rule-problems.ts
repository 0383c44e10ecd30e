import type { Problem } from '../errors.ts'
import { BODY_VARIABLES, TITLE_VARIABLES } from '../rendering/pull-request-variables.ts'
import { compileTemplate } from '../rendering/template.ts'
import { branchProblem, pathProblem } from './git-names.ts'
import type { IntegrationRules } from './rules.ts'

/** What the templates of a path, a branch and a link may name. */
export const ROUTE_VARIABLES = [
  'app',
  'app_id',
  'app_name',
  'deployment_id',
  'environment',
  'identity',
  'project',
  'revision',
  'variant',
  'variant_id',
  'variant_name',
] as const

/** What would only fail with the first deployment: unknown variables, and paths and branches that git cannot hold. */
export function ruleProblems(rules: IntegrationRules, base: string | null): Problem[] {
  const { title, template, path, branch } = rules
  const target = base ?? 'main'
  const found: [string, string | null][] = [
    ['base', branchProblem(target)],
    ['rules.title', templateProblem(title, TITLE_VARIABLES)],
    ['rules.template', templateProblem(template, BODY_VARIABLES)],
    ['rules.path', templateProblem(path, ROUTE_VARIABLES, pathProblem)],
    ['rules.branch', templateProblem(branch, ROUTE_VARIABLES, branchProblem)],
    ['rules.branch', branch === target ? 'must not be the base itself' : null],
  ]
  return found.flatMap(([where, message]) => (message === null ? [] : [{ path: where, message }]))
}

/** Filled with a value that is harmless everywhere: what is wrong even so is wrong in the template. */
function templateProblem(
  text: string | undefined,
  variables: readonly string[],
  problemOf: (filled: string) => string | null = () => null,
): string | null {
  if (text === undefined) return null
  try {
    return problemOf(compileTemplate(text, variables)(Object.fromEntries(variables.map((name) => [name, 'x']))))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
