/** Names of an evaluation's members, ours first, then those that tools write: the first that is there counts. */
export const MEMBERS = {
  /** promptfoo and MLflow: `metrics`; Braintrust and Langfuse: `scores`; Agenta: `results`. */
  metrics: ['metrics', 'scores', 'results'],
  /** The results of the run before, as a whole. */
  previousRun: ['previous', 'baseline', 'before'],
  directions: ['directions'],
  name: ['name', 'metric', 'key', 'id'],
  /** Langfuse: `value`; Braintrust and OpenAI evals: `score`. */
  value: ['value', 'score', 'new', 'current', 'after'],
  previous: ['previous', 'old', 'baseline', 'before', 'previous_value'],
  direction: ['direction', 'goal', 'better'],
  unit: ['unit'],
  /** MLflow: `greater_is_better`. */
  higherIsBetter: ['higher_is_better', 'greater_is_better', 'higherIsBetter'],
  lowerIsBetter: ['lower_is_better', 'lowerIsBetter'],
} as const satisfies Record<string, readonly string[]>

/** Without case, spaces, dashes and underscores. Optuna and Braintrust: `maximize`, `minimize`. */
export const DIRECTIONS: Readonly<Record<'higher' | 'lower', readonly string[]>> = {
  higher: ['higher', 'higherisbetter', 'up', 'max', 'maximize', 'maximise', 'increase', 'asc', 'greater'],
  lower: ['lower', 'lowerisbetter', 'down', 'min', 'minimize', 'minimise', 'decrease', 'desc', 'less'],
}
