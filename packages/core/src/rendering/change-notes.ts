import { templateVariables } from '../config-diff/template-variables.ts'
import type { TextDiff, TextSpan } from '../config-diff/text-diff.ts'
import type { ChangeView } from './change-view.ts'
import { codeSpan } from './code.ts'
import { shorten } from './visible-text.ts'

const MAX_LISTED = 10
const MAX_NAME = 60
/** An edit of few words, each so short, is told in words too. */
const MAX_EDITS = 4
const MAX_WORDS = 60

/** Names in code, no more than a few. */
function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).map((name) => codeSpan(shorten(name, MAX_NAME)))
  const more = names.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** What masks that look alike would keep from a reviewer. Empty where nothing. */
export function secretNote({ secretChanged }: ChangeView): string {
  return secretChanged ? '**Redacted**: a hidden value in it changed too' : ''
}

/** What a changed prompt now asks its caller for, which is easily overlooked in a diff. Empty where nothing. */
export function variablesNote({ kind, before, after }: ChangeView): string {
  if (kind === 'moved') return ''
  const [old, fresh] = [kind === 'added' ? '' : before, kind === 'removed' ? '' : after]
  if (typeof old !== 'string' || typeof fresh !== 'string') return ''
  const { added, removed } = templateVariables(old, fresh)
  const told = variablesTold(added, removed)
  return told === '' ? '' : `**Template variables**: ${told}`
}

export function variablesTold(added: readonly string[], removed: readonly string[]): string {
  const parts = [
    added.length > 0 ? `added ${listNames(added)}` : '',
    removed.length > 0 ? `removed ${listNames(removed)}` : '',
  ]
  return parts.filter((part) => part !== '').join('; ')
}

/** The words that changed, where they are so few that they say it at a glance. Empty otherwise. */
export function wordsNote({ hunks }: TextDiff): string {
  const edits: string[] = []
  for (const { lines } of hunks) {
    const removed = lines.filter(({ kind }) => kind === 'removed')
    const added = lines.filter(({ kind }) => kind === 'added')
    if (removed.length !== added.length) return ''
    for (const [at, { spans }] of removed.entries()) {
      const fresh = added[at]?.spans
      if (spans === undefined || fresh === undefined || edits.length > MAX_EDITS) return ''
      edits.push(...editsOf(spans, fresh))
    }
  }
  if (edits.length === 0 || edits.length > MAX_EDITS || edits.includes('')) return ''
  return `**Changed words**: ${edits.join('; ')}`
}

/** Both sides have the same unchanged parts: what stands between two of them belongs together. */
function editsOf(old: readonly TextSpan[], fresh: readonly TextSpan[]): string[] {
  const [gone, come] = [changedBetween(old), changedBetween(fresh)]
  if (gone.length !== come.length) return ['']
  return gone.flatMap((from, at) => {
    const to = come[at] ?? ''
    return from.trim() === '' && to.trim() === '' ? [] : [edit(from.trim(), to.trim())]
  })
}

function changedBetween(spans: readonly TextSpan[]): string[] {
  const between = ['']
  for (const { text, changed } of spans) {
    if (changed) between.push((between.pop() ?? '') + text)
    else between.push('')
  }
  return between
}

/** Empty: too long to be told. */
function edit(from: string, to: string): string {
  if (from.length > MAX_WORDS || to.length > MAX_WORDS) return ''
  if (from === '') return `added ${codeSpan(to)}`
  return to === '' ? `removed ${codeSpan(from)}` : `${codeSpan(from)} → ${codeSpan(to)}`
}
