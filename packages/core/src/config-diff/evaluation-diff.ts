import type { JsonObject, JsonValue } from '../json.ts'
import { DIRECTIONS, MEMBERS } from './evaluation-members.ts'

/** What came of one metric. Numbers where the evaluation had numbers, else short values as they were. */
export interface MetricChange {
  name: string
  /** `null` also where only the value before is told. */
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
  const directions = new Map<string, MetricValue>()
  collect(read(holder, 'directions'), '', 0, ({ name, value }) => void directions.set(name, value))
  const skipped = metrics === undefined ? new Set([...MEMBERS.previousRun, ...MEMBERS.directions]) : new Set<string>()
  const result: EvaluationDiff = { metrics: [], more: 0 }
  collect(current, '', 0, add, skipped)
  // What is measured no more may be what got worse.
  for (const metric of previous.values()) add({ ...metric, value: null, old: metric.value })
  return result

  function add(metric: Metric): void {
    const old = metric.old === undefined ? previous.get(metric.name)?.value : metric.old
    previous.delete(metric.name)
    if (result.metrics.length >= MAX_METRICS) {
      result.more++
      return
    }
    const direction = metric.direction ?? directionOf(directions.get(metric.name))
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
  const old = read(value, 'previous')
  const fresh = read(value, 'value') ?? (hasNoValue(value) ? null : undefined)
  if (fresh !== null && !isPlain(fresh)) return null
  const unit = read(value, 'unit')
  return {
    name,
    value: fresh,
    old: isPlain(old) ? old : undefined,
    unit: typeof unit === 'string' && unit !== '' ? unit : undefined,
    direction: declaredDirection(value),
  }
}

/** `{ "value": null, "previous": 0.9 }`: it was not measured this time. */
function hasNoValue(value: JsonObject): boolean {
  return MEMBERS.value.some((name) => own(value, name) === null)
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
  if (Object.is(old, fresh)) return old === null ? null : 'same'
  const [x, y] = [amount(old), amount(fresh)]
  if (x === null || y === null || x.of !== y.of) return null
  if (isTie(x.number, y.number)) return 'same'
  if (direction === undefined) return null
  return (direction === 'higher') === y.number > x.number ? 'better' : 'worse'
}

const NUMBER = /^[+-]?\d{1,300}(?:\.\d{1,300})?(?:e[+-]?\d{1,3})?$/i

/** A number, also as text, a percentage, or whether it passed, which counts more than failed. Only like goes with like. */
function amount(value: MetricValue): { number: number; of: 'boolean' | 'number' | 'percent' } | null {
  if (typeof value === 'boolean') return { number: value ? 1 : 0, of: 'boolean' }
  const text = typeof value === 'string' ? value.trim() : ''
  const digits = text.replace(/\s?%$/, '')
  const number = typeof value === 'number' ? value : NUMBER.test(digits) ? Number(digits) : Number.NaN
  return Number.isFinite(number) ? { number, of: digits === text ? 'number' : 'percent' } : null
}

/** Apart by no more than sums of binary fractions are: 0.1 + 0.2 and 0.3. */
function isTie(x: number, y: number): boolean {
  return Math.abs(x - y) <= 4 * Number.EPSILON * Math.max(Math.abs(x), Math.abs(y))
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
