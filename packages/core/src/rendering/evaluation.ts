import {
  diffEvaluation,
  type EvaluationDiff,
  type MetricChange,
  type MetricValue,
} from '../config-diff/evaluation-diff.ts'
import { codeSpan } from './code.ts'
import { shorten } from './visible-text.ts'

/** Results shown; more belong behind the link. */
const MAX_RESULTS = 20
const MAX_NAME = 80
const MAX_VALUE = 60
/** Digits of a difference: more are noise of binary fractions. */
const DIGITS = 4
const VERDICTS = { better: '✅ better', worse: '⚠️ **worse**', same: 'unchanged' } as const
const COUNTED = ['worse', 'better', 'same'] as const

/** What the evaluation says, ready to be shown: those that got worse first, then those that are measured no more. */
export function readEvaluation(evaluation: unknown): EvaluationDiff {
  const { metrics, more } = diffEvaluation(evaluation)
  const rank = ({ verdict, old, new: fresh }: MetricChange) =>
    verdict === 'worse' ? 0 : fresh === null && old !== undefined ? 1 : 2
  return { metrics: metrics.toSorted((a, b) => rank(a) - rank(b)), more }
}

/** The section `## Evaluation`: a table where there is something to compare with, else a list. Empty where there are no results. */
export function renderEvaluation({ metrics, more }: EvaluationDiff): string {
  if (metrics.length === 0) return ''
  const shown = metrics.slice(0, MAX_RESULTS)
  const left = metrics.length - shown.length + more
  const compared = shown.some(({ old }) => old !== undefined)
  const rest = left === 0 ? '' : compared ? `\n\n*and ${left} more*` : `\n- and ${left} more`
  return `## Evaluation\n\n${compared ? table(shown) : list(shown)}${rest}`
}

/** Such as `1 worse (latency), 2 better`. Empty where nothing was judged. */
export function evaluationVerdict({ metrics }: EvaluationDiff): string {
  const parts = COUNTED.map((verdict) => {
    const judged = metrics.filter((metric) => metric.verdict === verdict)
    if (judged.length === 0 || (verdict === 'same' && judged.length === metrics.length)) return ''
    const names =
      verdict === 'worse' ? ` (${judged.slice(0, 3).map(told).join(', ')}${judged.length > 3 ? ', …' : ''})` : ''
    return verdict === 'worse'
      ? `⚠️ **${judged.length} worse**${names}`
      : `${judged.length} ${verdict === 'same' ? 'unchanged' : verdict}`
  }).filter((part) => part !== '')
  return parts.length === 1 && parts[0]?.endsWith('unchanged') ? '' : parts.join(', ')
}

function told({ name, old, new: fresh, unit }: MetricChange): string {
  return `${codeSpan(shorten(name, MAX_NAME))} ${value(old, unit)} → ${value(fresh, unit)}`
}

function table(metrics: readonly MetricChange[]): string {
  const rows = metrics.map(({ name, old, new: fresh, unit, verdict }) => {
    const cells = [
      codeSpan(shorten(name, MAX_NAME)),
      value(old, unit),
      value(fresh, unit),
      difference(old, fresh),
      verdict === null ? '' : VERDICTS[verdict],
    ]
    return `| ${cells.map(cell).join(' | ')} |`
  })
  return ['| Metric | Before | After | Change | Verdict |', '| --- | ---: | ---: | ---: | --- |', ...rows].join('\n')
}

function list(metrics: readonly MetricChange[]): string {
  return metrics
    .map(
      ({ name, new: fresh, unit }) =>
        (name === '' ? '- ' : `- ${codeSpan(shorten(name, MAX_NAME))}: `) + value(fresh, unit),
    )
    .join('\n')
}

function value(of: MetricValue | undefined, unit: string | undefined): string {
  if (of === undefined || of === null) return '–'
  return codeSpan(shorten(unit === undefined ? String(of) : `${of} ${unit}`, MAX_VALUE))
}

function difference(old: MetricValue | undefined, fresh: MetricValue): string {
  if (typeof old !== 'number' || typeof fresh !== 'number' || !Number.isFinite(fresh - old) || old === fresh) return ''
  const change = Number((fresh - old).toPrecision(DIGITS))
  const percent = Number((((fresh - old) / Math.abs(old)) * 100).toPrecision(2))
  return Number.isFinite(percent) ? `${signed(change)} (${signed(percent)} %)` : signed(change)
}

function signed(number: number): string {
  return number > 0 ? `+${number}` : `−${Math.abs(number)}`
}

/** A bar would end the cell, also inside of code, and not every forge knows it escaped. */
function cell(text: string): string {
  return text.replaceAll('|', '\\u007c')
}
