import type { JsonValue } from '../json.ts'
import type { Told } from './change-view.ts'
import { codeSpan } from './code.ts'
import { inlineValue } from './inline-value.ts'

/** Members of a set that are named. */
const MAX_MEMBERS = 20

/** What happened, where the values do not say it best. */
export function renderTold(told: Told): string {
  if (told.how === 'rewritten') return 'the same JSON, written differently'
  if (told.how === 'secret') return 'a hidden value in it changed'
  if (told.how === 'moves') return `${told.count} elements moved`
  const parts = [
    told.added.length > 0 ? `added ${members(told.added)}` : '',
    told.removed.length > 0 ? `removed ${members(told.removed)}` : '',
  ].filter((part) => part !== '')
  if (parts.length === 0) return 'the same entries in another order'
  return parts.join('; ')
}

function members(values: readonly JsonValue[]): string {
  const shown = values
    .slice(0, MAX_MEMBERS)
    .map((value) => inlineValue(value) ?? codeSpan(`${String(value).slice(0, 100)}…`))
  const more = values.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
