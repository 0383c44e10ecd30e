import type { Change } from '../config-diff/change.ts'
import { describeStrings } from '../config-diff/diff-config.ts'
import { formatPath } from '../config-diff/path.ts'
import type { JsonValue } from '../json.ts'
import type { ChangeView } from './change-view.ts'
import { elementAt, messageText, nameOf } from './element-name.ts'
import { mergeLists } from './merge-lists.ts'
import type { Parameter } from './parameters.ts'
import { partsWorthShowing } from './worth-showing.ts'

/** Changes taken apart in one rendering: nobody reads more, and the rest is shown whole. */
const MAX_OPENED = 300
/** Characters of texts that are read as JSON in one rendering, and changes inside of one that are listed by path. */
const MAX_JSON_LENGTH = 4_000_000
const MAX_INSIDE = 200

export interface ViewContext {
  /** The configurations, where they are known: never shown, but for names of elements, which pass `hide`. */
  sides: { before: JsonValue | undefined; after: JsonValue | undefined }
  hide: (text: string) => string
  parameterAt: (path: Change['path']) => Parameter
}

/**
 * Changes as reviewers want them: lists of words as who came and went, JSON in a text by the paths inside of it, new
 * messages as their text, structures with prompts in them taken apart. `sides`, where known, tell which message it is.
 */
export function viewsOf(changes: readonly Change[], context: ViewContext): ChangeView[] {
  const { rest, merged } = mergeLists(changes)
  const work: Opening = { ...context, opened: 0, jsonLength: 0 }
  const views = rest.flatMap((change) => open(change, '', work))
  const lists = merged.map(({ kind, path, told }) => ({ ...viewOf({ kind, path }, '', work), told }))
  return [...views, ...lists]
}

interface Opening extends ViewContext {
  opened: number
  jsonLength: number
}

function open(change: Change, within: string, work: Opening): ChangeView[] {
  const { kind, path, before, after } = change
  if (kind === 'modified') return openJson(change, within, work) ?? [viewOf(change, within, work)]
  const value = kind === 'added' ? after : before
  const parts = kind === 'moved' || work.opened >= MAX_OPENED ? null : partsWorthShowing(value ?? null)
  if (parts === null) return [viewOf(change, within, work)]
  work.opened += parts.length
  return parts.map(({ key, value: part }) =>
    viewOf({ kind, path: [...path, ...key], ...(kind === 'added' ? { after: part } : { before: part }) }, within, work),
  )
}

/** Null: not JSON on both sides, or too much of it. */
function openJson(change: Change, within: string, work: Opening): ChangeView[] | null {
  const { before, after, path } = change
  if (typeof before !== 'string' || typeof after !== 'string' || before === after) return null
  if (work.opened >= MAX_OPENED || work.jsonLength > MAX_JSON_LENGTH) return null
  const json = change.json ?? readJson(before, after, work)
  if (json === undefined || json.changes.length > MAX_INSIDE) return null
  if (json.equal) {
    const how = change.secretChanged ? 'secret' : 'rewritten'
    return [{ ...viewOf(change, within, work), text: undefined, told: { how } }]
  }
  work.opened += json.changes.length
  const { rest, merged } = mergeLists(json.changes)
  const inner = `${within}${formatPath(path)} › `
  const outer = viewOf(change, within, work)
  const part = (view: ChangeView): ChangeView => ({
    ...view,
    group: view.label === '' ? outer.group : view.group,
    element: outer.element,
  })
  const lists = merged.map(({ kind, path: at, told }) => ({ ...viewOf({ kind, path: at }, inner, work), told }))
  const secret: ChangeView[] = outer.secretChanged ? [{ ...outer, text: undefined, told: { how: 'secret' } }] : []
  return [...rest.flatMap((each) => open(each, inner, work)), ...lists].map(part).concat(secret)
}

function readJson(before: string, after: string, work: Opening) {
  const opening = /^\s{0,64}[[{]/
  if (!opening.test(before) || !opening.test(after)) return undefined
  work.jsonLength += before.length + after.length
  return describeStrings(before, after).json
}

function viewOf(
  { kind, path, from, before = null, after = null, text, secretChanged }: Change,
  within: string,
  work: Opening,
): ChangeView {
  const inside = within !== ''
  const side = kind === 'removed' ? work.sides.before : (work.sides.after ?? work.sides.before)
  const value = kind === 'removed' ? before : after
  const message = kind === 'added' || kind === 'removed' ? messageText(value) : null
  const own = typeof path.at(-1) === 'number' && kind !== 'modified' ? nameOf(value) : null
  const element = own ?? (inside ? null : elementAt(side, path))
  return {
    kind,
    path: within + formatPath(path),
    ...work.parameterAt(path),
    element: element === null ? null : { what: element.what, name: work.hide(element.name) },
    before: message !== null && kind === 'removed' ? message.text : before,
    after: message !== null && kind === 'added' ? message.text : after,
    from: from === undefined ? '' : within + formatPath(from),
    text,
    secretChanged: secretChanged === true,
    told: null,
  }
}
