import type { JsonObject, JsonValue } from '../json.ts'
import { DIRECTIONS, MEMBERS } from './evaluation-members.ts'

/** What came of one metric. Numbers where the evaluation had numbers, else short values as they were. */
export interface MetricChange {
  name: string
  new: MetricValue
  /** Absent where nothing tells the value before. */
  old?: MetricValue
  unit?: string
  /** By the declared direction; `null` where none was declared, or the two cannot be compared. */
  verdict: 'better' | 'worse' | 'same' | null
}

export type MetricValue = string | number | boolean | null

export interface EvaluationDiff {
  metrics: MetricChange[]
  /** How many there were beyond those listed. */
  more: number
}

/** Metrics listed, and how deep groups of them may nest. */
const MAX_METRICS = 200
const MAX_DEPTH = 4
const MAX_NAME = 200

/**
 * Reads the evaluation of a deployment, as tools write them:
 *
 * - `{ metrics: { accuracy: 0.94 } }`, or the metrics without that wrapping; groups may nest, `{ safety: { toxicity: 0.1 } }`
 * - `{ metrics: { accuracy: { value: 0.94, previous: 0.91, direction: 'higher' } } }`
 * - `{ metrics: [{ name: 'accuracy', value: 0.94, previous: 0.91, direction: 'higher' }] }`, or the list alone
 * - `{ metrics: { accuracy: 0.94 }, previous: { accuracy: 0.91 }, directions: { accuracy: 'higher' } }`
 *
 * Other names for these members are listed in `evaluation-members.ts`. A direction is never guessed from a name. Takes
 * any JSON without failing, and looks at a bounded part of it.
 */
export function diffEvaluation(evaluation: unknown): EvaluationDiff {
  const root = evaluation as JsonValue | undefined
  const holder = isObject(root) ? root : {}
  const metrics = read(holder, 'metrics')
  const current = metrics === undefined ? root : metrics
  const previous = new Map<string, Metric>()
  const before = read(holder, 'previousRun')
  if (typeof before === 'object') {
    collect((isObject(before) ? read(before, 'metrics') : undefined) ?? before, '', 0, (metric) => {
      previous.set(metric.name, metric)
    })
  }
  const directions = read(holder, 'directions')
  const skipped = metrics === undefined ? new Set([...MEMBERS.previousRun, ...MEMBERS.directions]) : new Set<string>()
  const result: EvaluationDiff = { metrics: [], more: 0 }
  collect(current, '', 0, add, skipped)
  return result

  function add(metric: Metric): void {
    if (result.metrics.length >= MAX_METRICS) {
      result.more++
      return
    }
    const declared =
      isObject(directions) && Object.hasOwn(directions, metric.name) ? directions[metric.name] : undefined
    const direction = metric.direction ?? directionOf(declared)
    const old = metric.old === undefined ? previous.get(metric.name)?.value : metric.old
    result.metrics.push({
      name: metric.name,
      new: metric.value,
      ...(old === undefined ? {} : { old }),
      ...(metric.unit === undefined ? {} : { unit: metric.unit }),
      verdict: verdictOn(old, metric.value, direction),
    })
  }
}

interface Metric {
  name: string
  value: MetricValue
  old: MetricValue | undefined
  unit: string | undefined
  direction: 'higher' | 'lower' | undefined
}

function collect(
  value: JsonValue | undefined,
  name: string,
  depth: number,
  found: (metric: Metric) => void,
  skipped: ReadonlySet<string> = new Set(),
): void {
  if (value === undefined || value === null) return
  if (typeof value !== 'object') {
    found({ name, value, old: undefined, unit: undefined, direction: undefined })
    return
  }
  if (depth > MAX_DEPTH) return
  if (Array.isArray(value)) {
    value.slice(0, MAX_METRICS).forEach((item, at) => {
      const own = isObject(item) ? read(item, 'name') : undefined
      collect(item, join(name, typeof own === 'string' ? own : `[${at}]`), depth + 1, found)
    })
    return
  }
  const metric = metricOf(value, name)
  if (metric !== null) found(metric)
  else {
    for (const key of Object.keys(value)) if (!skipped.has(key)) collect(value[key], join(name, key), depth + 1, found)
  }
}

/** An object that says its value is one metric. */
function metricOf(value: JsonObject, name: string): Metric | null {
  const fresh = read(value, 'value')
  if (!isPlain(fresh)) return null
  const old = read(value, 'previous')
  const unit = read(value, 'unit')
  return {
    name,
    value: fresh,
    old: isPlain(old) ? old : undefined,
    unit: typeof unit === 'string' && unit !== '' ? unit : undefined,
    direction: declaredDirection(value),
  }
}

function declaredDirection(value: JsonObject): Metric['direction'] {
  const flag = (names: readonly string[]) => names.map((name) => own(value, name)).find((v) => typeof v === 'boolean')
  const higher = flag(MEMBERS.higherIsBetter)
  if (higher !== undefined) return higher ? 'higher' : 'lower'
  const lower = flag(MEMBERS.lowerIsBetter)
  if (lower !== undefined) return lower ? 'lower' : 'higher'
  return directionOf(read(value, 'direction'))
}

function directionOf(value: JsonValue | undefined): Metric['direction'] {
  if (typeof value !== 'string' || value.length > MAX_NAME) return undefined
  const word = value.toLowerCase().replace(/[\s_-]/g, '')
  return DIRECTIONS.higher.includes(word) ? 'higher' : DIRECTIONS.lower.includes(word) ? 'lower' : undefined
}

function verdictOn(old: MetricValue | undefined, fresh: MetricValue, direction: Metric['direction']) {
  if (old === undefined) return null
  if (Object.is(old, fresh)) return 'same'
  const [x, y] = [amount(old), amount(fresh)]
  if (direction === undefined || x === null || y === null) return null
  if (x === y) return 'same'
  return (direction === 'higher') === y > x ? 'better' : 'worse'
}

/** Passed counts more than failed. */
function amount(value: MetricValue): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function read(value: JsonObject, member: keyof typeof MEMBERS): JsonValue | undefined {
  for (const name of MEMBERS[member]) {
    const found = own(value, name)
    if (found !== undefined && found !== null) return found
  }
  return undefined
}

function own(value: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

function join(outer: string, inner: string): string {
  return (outer === '' ? inner : inner.startsWith('[') ? outer + inner : `${outer}.${inner}`).slice(0, MAX_NAME)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPlain(value: JsonValue | undefined): value is MetricValue {
  return value !== undefined && typeof value !== 'object'
}
