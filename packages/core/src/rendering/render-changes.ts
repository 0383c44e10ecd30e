import type { ChangeKind } from '../config-diff/change.ts'
import type { ChangeList, ChangeView } from './change-view.ts'
import { type RenderedChange, renderChange } from './render-change.ts'
import type { Ruler } from './size.ts'

export interface RenderedChanges {
  text: string
  truncated: boolean
}

const SECTIONS: readonly { kind: ChangeKind; title: string; done: string }[] = [
  { kind: 'added', title: '### Added Parameters', done: 'added' },
  { kind: 'modified', title: '### Modified Parameters', done: 'modified' },
  { kind: 'removed', title: '### Removed Parameters', done: 'removed' },
  { kind: 'moved', title: '### Moved Parameters', done: 'moved' },
]

/** What reviewers look at first: prompts, then the model and its sampling, then all else. */
const IMPORTANCE: readonly RegExp[] = [
  /prompt|message|instruction|template|content|system/i,
  /model|temperature|top_?[pk]|max_?tokens|max_?completion|penalty|seed|stop|response_?format|reasoning|tool|function/i,
]

/** No more than this is spent on headings and on the note about what was cut. */
const OVERHEAD = 700
/** A change gets at least this much before further ones are begun. */
const LEAST = 400
/** The part of the room that a rank leaves to later ones, if they need it. */
const LEFT_TO_LATER = 0.3

/**
 * The `## Changes` section in at most `room`. Everything, if it fits; otherwise prompts and the model before the rest, the
 * room shared evenly among those of one rank, and a note that counts what was shortened and left out, with a link to the whole.
 */
export function renderChanges(list: ChangeList, room: number, ruler: Ruler, url: string): RenderedChanges {
  const { views } = list
  const lead = introduction(list)
  const head = lead === '' ? '## Changes' : `## Changes\n\n${lead}`
  if (views.length === 0)
    return { text: ruler.measure(head) <= room ? head : '', truncated: ruler.measure(head) > room }
  const space = room - ruler.measure(head) - OVERHEAD - ruler.measure(url)
  const shown = space > 0 ? choose(views, space, ruler) : new Map<number, RenderedChange>()
  const parts = [head]
  const note = cutNote(views, shown, url)
  if (note !== '') parts.push(note)
  for (const { kind, title } of SECTIONS) {
    const items = [...shown.keys()].filter((at) => views[at]?.kind === kind).sort((a, b) => a - b)
    if (items.length > 0) parts.push(title, joinItems(items.map((at) => shown.get(at)?.text ?? '')))
  }
  const text = parts.join('\n\n')
  return ruler.measure(text) <= room ? { text, truncated: note !== '' } : { text: '', truncated: true }
}

function introduction({ views, known, removed }: ChangeList): string {
  if (removed) {
    const what =
      views.length === 1 ? 'Its one parameter was removed.' : `All its ${views.length} parameters were removed.`
    return `The application was removed from this environment.${views.length > 0 ? ` ${what}` : ''}`
  }
  if (!known) return 'What changed in the configuration is not part of this record.'
  return views.length === 0 ? 'No configuration changes.' : ''
}

/** One list item after another; blocks stand free. */
function joinItems(items: readonly string[]): string {
  return items.reduce((text, item, at) => {
    const free = item.includes('\n') || items[at - 1]?.includes('\n') === true
    return at === 0 ? item : text + (free ? '\n\n' : '\n') + item
  }, '')
}

interface Wish {
  at: number
  size: number
  rendered: RenderedChange
}

/** Which changes are shown, and how, by their position. */
function choose(views: readonly ChangeView[], space: number, ruler: Ruler): Map<number, RenderedChange> {
  const ranks: number[][] = IMPORTANCE.map((): number[] => []).concat([[]])
  views.forEach((view, at) => {
    const rank = IMPORTANCE.findIndex((pattern) => pattern.test(view.path))
    ranks[rank < 0 ? IMPORTANCE.length : rank]?.push(at)
  })
  const wishes = ranks.map((members) => wishesOf(views, members, space, ruler))
  const needs = wishes.map((list) => list.reduce((sum, { size }) => sum + size, 0))
  const shown = new Map<number, RenderedChange>()
  let left = space
  wishes.forEach((list, rank) => {
    const later = needs.slice(rank + 1).reduce((sum, need) => sum + need, 0)
    left -= share(list, left - Math.min(later, Math.floor(left * LEFT_TO_LATER)), views, ruler, shown)
  })
  return shown
}

/** The first changes of a rank, as long as each can have the least, as large as each would like to be. */
function wishesOf(views: readonly ChangeView[], members: readonly number[], space: number, ruler: Ruler): Wish[] {
  const wishes: Wish[] = []
  let least = 0
  for (const at of members) {
    if (least >= space) break
    const view = views[at]
    const rendered = view === undefined ? null : renderChange(view, space, ruler)
    if (rendered === null) continue
    const size = ruler.measure(rendered.text) + 2
    least += Math.min(size, LEAST)
    wishes.push({ at, size, rendered })
  }
  return wishes
}

/** Small ones first, so that what they do not need goes to the large ones. Answers how much was used. */
function share(
  wishes: readonly Wish[],
  room: number,
  views: readonly ChangeView[],
  ruler: Ruler,
  shown: Map<number, RenderedChange>,
): number {
  let used = 0
  const open = wishes.toSorted((a, b) => a.size - b.size)
  open.forEach(({ at, size, rendered }, index) => {
    const fair = Math.floor(
      (room - used) / Math.min(open.length - index, Math.max(1, Math.floor((room - used) / LEAST))),
    )
    const view = views[at]
    const fitted = size <= Math.min(fair, room - used) ? rendered : view ? renderChange(view, fair - 2, ruler) : null
    if (fitted === null) return
    used += ruler.measure(fitted.text) + 2
    shown.set(at, fitted)
  })
  return used
}

function cutNote(views: readonly ChangeView[], shown: ReadonlyMap<number, RenderedChange>, url: string): string {
  const shortened = [...shown.values()].filter(({ cut }) => cut).length
  const missing = views.length - shown.size
  if (shortened === 0 && missing === 0) return ''
  const counts = SECTIONS.map(({ kind, done }) => {
    let count = 0
    views.forEach((view, at) => {
      if (view.kind === kind && !shown.has(at)) count++
    })
    return count === 0 ? '' : `${count} ${done}`
  }).filter((part) => part !== '')
  const says: string[] = []
  if (missing > 0) says.push(`${missing} of ${views.length} changes are not shown here (${counts.join(', ')})`)
  if (shortened > 0) says.push(`${shortened} ${shortened === 1 ? 'change is' : 'changes are'} shortened`)
  const link = url === '' ? '' : ` [View the whole deployment](${url}).`
  return `> **Too long to show whole**: ${says.join(', ')}.${link}`
}
