import { z } from 'zod'
import { lazy } from '../lazy.ts'
import { builtInEvent } from './define-event.ts'

const person = () =>
  z.looseObject({
    user_id: z.string().optional(),
    email: z.string().optional(),
    name: z.string().optional(),
  })

/** Any JSON is taken, so that no deployment is refused for the shape of its evaluation; `diffEvaluation` reads these. */
const evaluation = () =>
  z.unknown().meta({
    description:
      'Results of an evaluation. Shown, and compared with those before where they are known: `{ metrics }` (also called `scores` or `results`) or the metrics alone, as an object by name, whose groups may nest, or as a list of `{ name, value }`. A metric is a value, or `{ value, previous, direction, unit }` with `direction` `higher` or `lower`, whichever is better. `previous` and `directions` may also stand beside `metrics`, by name. Anything else is kept and not shown.',
    examples: [
      { metrics: { accuracy: { value: 0.94, previous: 0.91, direction: 'higher' } } },
      { metrics: { latency: 1.2 }, previous: { latency: 1.4 }, directions: { latency: 'lower' } },
      [{ name: 'accuracy', value: 0.94 }],
    ],
  })

/** What a host hands in. Members it does not name are kept as they are, redacted. */
const schema = lazy(() =>
  z.looseObject({
    app_id: z.string().nullish(),
    app_name: z.string().min(1, 'must not be empty'),
    variant_id: z.string().nullish(),
    variant_name: z.string().min(1, 'must not be empty'),
    environment: z.string().min(1, 'must not be empty'),
    revision: z.union([z.number(), z.string().min(1)], 'must be a number or a text'),
    previous_revision: z.union([z.number(), z.string()]).nullish(),
    commit_message: z.string().nullish(),
    deployed_by: z.union([z.string(), person()], 'must be a name, or an object with user_id, email or name'),
    deployment_id: z.string().nullish(),
    /** `null`: the application was taken out of the environment. */
    config: z
      .unknown()
      .refine(
        (value) => value !== undefined,
        'is required: the configuration that now runs, or null where it was removed',
      ),
    /** Absent: compared with the last deployment seen. `null`: there was none. */
    previous_config: z.unknown().optional(),
    evaluation: evaluation().optional(),
    url: z.string().nullish(),
  }),
)

export const environmentDeployed = builtInEvent('environment.deployed', schema, {
  description:
    'A configuration went live in an environment. The recorded event has `config_diff` in place of both configs.',
  example: {
    app_id: 'app_7',
    app_name: 'customer-support-bot',
    variant_id: 'var_2',
    variant_name: 'v2-optimized',
    environment: 'production',
    revision: 15,
    previous_revision: 14,
    commit_message: 'Improved response quality',
    deployed_by: { user_id: 'usr_1', email: 'jane@example.com', name: 'Jane Doe' },
    deployment_id: 'dep_42',
    config: { model: 'gpt-4', temperature: 0.5, system_prompt: 'You are a concise support assistant.' },
    previous_config: { model: 'gpt-4', temperature: 0.7, system_prompt: 'You are a support assistant.' },
    url: 'https://agenta.example.com/apps/7',
  },
})

export type EnvironmentDeployedInput = z.input<ReturnType<typeof schema>>

/** The same shape for what does not run yet: `deployed_by` is who proposes it. */
export const deploymentProposed = builtInEvent('deployment.proposed', schema, {
  description:
    'Somebody proposes a deployment: a pull request asks for it, and merging that asks the host. Recorded like `environment.deployed`.',
  example: environmentDeployed.example,
})
