import { type Policy, PullwrightError } from '@pullwright/core'
import { z } from 'zod'
import { isProduction } from '../auto-merge-in.ts'
import { matchesRoute } from '../matches-route.ts'
import { isPolicy } from '../route-schema.ts'

/** From one environment to the next: what is deployed in one is proposed for the one after it. */
export interface Pipeline {
  /** In order, such as `['dev', 'staging', 'production']`. */
  environments: readonly string[]
  /** Names may hold `*`. Default: all. */
  app?: string | string[]
  project?: string | string[]
  /** What must hold before the proposal for an environment is merged, by that environment. */
  gates?: Readonly<Record<string, Gate>>
  /**
   * What counts as success in an environment: that it is deployed (the default), or that the host said
   * `deployment.succeeded` of it.
   */
  after?: 'environment.deployed' | 'deployment.succeeded'
}

export interface Gate {
  /** Judged like those of a route, and shown nowhere: none of them may block. Evaluations are policies too. */
  policies?: readonly Policy[]
  /** The proposal must be so old: time in which the environment before shows whether it is good. */
  afterMs?: number
  /** Somebody must have set this label on the pull request. */
  label?: string
  /** Whether the proposal is merged by us once all of this holds. Default: yes, but for environments that begin with `prod`, unless a `label` is asked for. */
  merge?: boolean
}

/** What comes after an environment; null where it is the last one, or not in the pipeline. */
export interface NextEnvironment {
  environment: string
  gate: Gate
  merge: boolean
}

const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional()
const gate = z.strictObject({
  policies: z.array(z.custom<Policy>(isPolicy, 'must be { name, check }')).optional(),
  afterMs: z.number().nonnegative().optional(),
  label: z.string().min(1).optional(),
  merge: z.boolean().optional(),
})
const schema = z.array(
  z.strictObject({
    environments: z.array(z.string().min(1)).min(2, 'must name two environments or more'),
    app: names,
    project: names,
    gates: z.record(z.string(), gate).optional(),
    after: z.enum(['environment.deployed', 'deployment.succeeded']).optional(),
  }),
)

/** Throws `invalid-argument` that names every mistake. */
export function checkPipelines(pipelines: readonly Pipeline[]): readonly Pipeline[] {
  const parsed = schema.safeParse(pipelines)
  const problems = parsed.success
    ? pipelines.flatMap(({ environments, gates = {} }, index) => [
        ...(new Set(environments).size < environments.length
          ? [`pipelines.${index}.environments names one twice`]
          : []),
        ...Object.keys(gates)
          .filter((name) => !environments.slice(1).includes(name))
          .map((name) => `pipelines.${index}.gates.${name}: nothing is proposed for that environment`),
      ])
    : parsed.error.issues.map(({ path, message }) => `pipelines.${path.join('.')}: ${message}`)
  if (problems.length === 0) return pipelines
  throw new PullwrightError('invalid-argument', `A pipeline was refused: ${problems.join('; ')}`)
}

/** The environments that follow this one for a deployment, one for each pipeline. */
export function nextEnvironments(
  pipelines: readonly Pipeline[],
  of: { project: string; app: string; environment: string; type: string },
): NextEnvironment[] {
  return pipelines.flatMap((pipeline) => {
    const { environments, after = 'environment.deployed' } = pipeline
    const next = environments[environments.indexOf(of.environment) + 1]
    if (!environments.includes(of.environment) || next === undefined || after !== of.type || !isFor(pipeline, of))
      return []
    return [stageOf(pipeline, next)]
  })
}

/** The stage that a proposal waits at; null where no pipeline leads to its environment. */
export function stageFor(
  pipelines: readonly Pipeline[],
  of: { project: string; app: string; environment: string },
): NextEnvironment | null {
  const pipeline = pipelines.find((one) => one.environments.slice(1).includes(of.environment) && isFor(one, of))
  return pipeline === undefined ? null : stageOf(pipeline, of.environment)
}

function stageOf({ gates = {} }: Pipeline, environment: string): NextEnvironment {
  const own = gates[environment] ?? {}
  return { environment, gate: own, merge: own.merge ?? (own.label !== undefined || !isProduction(environment)) }
}

function isFor({ app, project }: Pipeline, of: { project: string; app: string; environment: string }): boolean {
  const when = { ...(app === undefined ? {} : { app }), ...(project === undefined ? {} : { project }) }
  return matchesRoute({ when }, of)
}
