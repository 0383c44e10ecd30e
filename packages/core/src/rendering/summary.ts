import type { EvaluationDiff } from '../config-diff/evaluation-diff.ts'
import { templateVariables, type VariableChanges } from '../config-diff/template-variables.ts'
import { variablesNote, variablesTold } from './change-notes.ts'
import type { ChangeList, ChangeView } from './change-view.ts'
import { codeSpan } from './code.ts'
import { evaluationVerdict } from './evaluation.ts'
import { inlineValue } from './inline-value.ts'
import { GROUPS, type ParameterGroup } from './parameters.ts'
import { isHidden } from './render-change.ts'
import { shorten } from './visible-text.ts'

/** Fewer changes than this are seen at a glance anyway. */
const MANY = 3
const FEW = 8
const MAX_TOLD = 4
const MAX_TEXT = 200_000
const NOUNS: Readonly<Record<ParameterGroup, readonly [one: string, many: string]>> = {
  model: ['model setting', 'model settings'],
  sampling: ['sampling parameter', 'sampling parameters'],
  output: ['response format setting', 'response format settings'],
  prompt: ['prompt text', 'prompt texts'],
  tool: ['tool setting', 'tool settings'],
  other: ['other setting', 'other settings'],
}
/** Where nothing else changed that they could be other than. */
const ALONE = ['setting', 'settings'] as const
const DONE = { modified: 'changed', added: 'added', removed: 'removed', moved: 'moved' } as const
const KINDS = ['modified', 'added', 'removed', 'moved'] as const

/**
 * What a reviewer wants to know before the details, a line each: what was changed, whether results got worse, what the
 * prompts newly ask of their callers, and what is hidden. Only lines that say something; empty where the changes do.
 */
export function renderSummary(changes: ChangeList, evaluation: EvaluationDiff): string {
  const many = changes.views.length >= MANY && !changes.removed
  const verdict = evaluationVerdict(evaluation)
  const lines: [name: string, text: string][] = [
    ['Summary', many ? glance(changes) : ''],
    ['Template variables', many && needsVariables(changes.views) ? variables(changes.views) : ''],
    ['Hidden', many ? hidden(changes.views) : ''],
    ['Evaluation', verdict],
  ]
  // Two spaces are a line break on every forge.
  return lines
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `**${name}**: ${text}`)
    .join('  \n')
}

/** Whether a prompt that was there before asks its callers for more than it did. */
export function addsVariables(views: readonly ChangeView[]): boolean {
  return variablesOf(views.filter(({ kind }) => kind === 'modified')).added.length > 0
}

/** The same in plain words without the values, such as `model, 2 prompt texts changed`. */
export function plainSummary(changes: ChangeList): string {
  const { views, known, removed } = changes
  if (removed) return 'Removed'
  if (views.every(isOnlyOrder)) return known ? 'No configuration changes' : 'Configuration deployed'
  return GROUPS.flatMap((group) =>
    counted(
      group,
      views.filter((view) => view.group === group),
      changes,
    ),
  ).join(', ')
}

function glance(changes: ChangeList): string {
  const { views } = changes
  const named: string[] = []
  const counts: string[] = []
  for (const group of GROUPS) {
    const members = views.filter((view) => view.group === group)
    const told = group === 'model' || group === 'sampling' ? members.filter(isTold).slice(0, MAX_TOLD) : []
    named.push(...told.map(tell))
    counts.push(
      ...counted(
        group,
        members.filter((view) => !told.includes(view)),
        changes,
      ),
    )
  }
  return [...named, ...counts].join(' · ')
}

function isTold(view: ChangeView): boolean {
  return view.label !== '' && view.kind !== 'moved' && tell(view) !== ''
}

/** Such as `Temperature 0.7 → 0.5`. Empty where it takes more words. */
function tell({ kind, label, before, after, told }: ChangeView): string {
  if (told !== null || (kind === 'modified' && isHidden(before, after))) return ''
  if (kind === 'removed') return ''
  if (kind === 'added') return label === 'Model' && inlineValue(after) !== null ? `${label} ${inlineValue(after)}` : ''
  const [old, fresh] = [inlineValue(before), inlineValue(after)]
  return old === null || fresh === null || old.length + fresh.length > 80 ? '' : `${label} ${old} → ${fresh}`
}

function counted(group: ParameterGroup, views: readonly ChangeView[], { views: all, rest }: ChangeList): string[] {
  const nouns = [...all, ...rest].every((entry) => entry.group === 'other') ? ALONE : NOUNS[group]
  return KINDS.flatMap((kind) => {
    const beyond = rest.find((entry) => entry.group === group && entry.kind === kind)?.count ?? 0
    const count = views.filter((view) => view.kind === kind && !isOnlyOrder(view)).length + beyond
    return count === 0 ? [] : [`${count} ${nouns[count === 1 ? 0 : 1]} ${DONE[kind]}`]
  })
}

/** The same entries of a set in another order: shown, and nothing to be counted. */
function isOnlyOrder({ kind, told }: ChangeView): boolean {
  return kind === 'moved' && told?.how === 'members'
}

/** One change among few has its note beside it. */
function needsVariables(views: readonly ChangeView[]): boolean {
  return views.length > FEW || views.filter((view) => variablesNote(view) !== '').length > 1
}

/** Over all texts that changed: a variable that only went from one to another is none of either. */
function variables(views: readonly ChangeView[]): string {
  const { added, removed } = variablesOf(views)
  return variablesTold(added, removed)
}

function variablesOf(views: readonly ChangeView[]): VariableChanges {
  const texts: Record<'before' | 'after', string[]> = { before: [], after: [] }
  let size = 0
  for (const view of views) {
    for (const side of ['before', 'after'] as const) {
      const text = view[side]
      if (typeof text !== 'string' || size > MAX_TEXT) continue
      size += text.length
      texts[side].push(text.slice(0, MAX_TEXT))
    }
  }
  return templateVariables(texts.before.join('\n'), texts.after.join('\n'))
}

function hidden(views: readonly ChangeView[]): string {
  const paths = views.filter(({ kind, told, before, after }) => {
    return kind === 'modified' && told === null && isHidden(before, after)
  })
  if (paths.length === 0) return ''
  const names = paths.slice(0, 3).map(({ path }) => codeSpan(shorten(path, 80)))
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : ''
  return `${names.join(', ')}${more} changed, the value is redacted`
}
