import type { ChangeKind } from '../config-diff/change.ts'
import type { ChangeList, ChangeView } from './change-view.ts'
import { RANKS } from './most-important.ts'
import { GROUPS } from './parameters.ts'
import { type RenderedChange, renderChange } from './render-change.ts'
import type { Ruler } from './size.ts'

export interface RenderedChanges {
  text: string
  truncated: boolean
  /** How many changes are in it. */
  shown: number
}

/** Edits first: they are what a reviewer has to judge most often. */
const SECTIONS: readonly { kind: ChangeKind; title: string; done: string }[] = [
  { kind: 'modified', title: '### Modified Parameters', done: 'modified' },
  { kind: 'added', title: '### Added Parameters', done: 'added' },
  { kind: 'removed', title: '### Removed Parameters', done: 'removed' },
  { kind: 'moved', title: '### Moved Parameters', done: 'moved' },
]

/** No more than this is spent on headings and on the note about what was cut; in little room less is hoped for first. */
const OVERHEADS = [700, 250]
/** A change gets at least this much before further ones are begun. */
const LEAST = 400
/** The part of the room that a rank leaves to later ones, if they need it. */
const LEFT_TO_LATER = 0.3

/**
 * The `## Changes` section in at most `room`. Everything, if it fits; otherwise prompts and the model before the rest, the
 * room shared evenly among those of one rank, and a note that counts what was shortened and left out, with a link to the whole.
 */
export function renderChanges(list: ChangeList, { room, ruler, url, details }: ChangesPlace): RenderedChanges {
  const { views } = list
  const lead = introduction(list)
  const head = lead === '' ? '## Changes' : `## Changes\n\n${lead}`
  if (views.length === 0)
    return { text: ruler.measure(head) <= room ? head : '', truncated: ruler.measure(head) > room, shown: 0 }
  const render: Render = (view, most) => renderChange(view, { room: most, ruler, details })
  let fitting: RenderedChanges | null = null
  for (const overhead of OVERHEADS) {
    const space = room - ruler.measure(head) - overhead - ruler.measure(url)
    const made = assemble(list, space > 0 ? choose(views, space, ruler, render) : new Map(), head, url)
    if (ruler.measure(made.text) > room) continue
    if (made.shown > 0) return made
    fitting ??= made
  }
  return fitting ?? { text: '', truncated: true, shown: 0 }
}

function assemble(list: ChangeList, shown: ReadonlyMap<number, RenderedChange>, head: string, url: string) {
  const note = cutNote(list, shown, url)
  const parts = note === '' ? [head] : [head, note]
  for (const { kind, title } of SECTIONS) {
    const items = inOrder(list.views, shown, kind)
    if (items.length > 0) parts.push(title, joinItems(items))
  }
  return { text: parts.join('\n\n'), truncated: note !== '', shown: shown.size }
}

export interface ChangesPlace {
  /** In the ruler's unit. */
  room: number
  ruler: Ruler
  /** Where the whole can be seen; may be empty. */
  url: string
  /** Whether the forge renders `<details>`. */
  details: boolean
}

type Render = (view: ChangeView, room: number) => RenderedChange | null

/** The model before its sampling before the prompts; those of one group as the configuration has them. */
function inOrder(views: readonly ChangeView[], shown: ReadonlyMap<number, RenderedChange>, kind: ChangeKind): string[] {
  const rank = (at: number) => GROUPS.indexOf(views[at]?.group ?? 'other')
  const places = [...shown.keys()].filter((at) => views[at]?.kind === kind)
  return places.sort((a, b) => rank(a) - rank(b) || a - b).map((at) => shown.get(at)?.text ?? '')
}

function introduction({ total, known, removed }: ChangeList): string {
  if (removed) {
    const what = total === 1 ? 'Its one parameter was removed.' : `All its ${total} parameters were removed.`
    return `The application was removed from this environment.${total > 0 ? ` ${what}` : ''}`
  }
  if (!known) return 'What changed in the configuration is not part of this record.'
  return total === 0 ? 'No configuration changes.' : ''
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
function choose(
  views: readonly ChangeView[],
  space: number,
  ruler: Ruler,
  render: Render,
): Map<number, RenderedChange> {
  const ranks = RANKS.map((groups) => [...views.keys()].filter((at) => groups.includes(views[at]?.group ?? 'other')))
  const wishes = ranks.map((members) => wishesOf(views, members, space, ruler, render))
  const needs = wishes.map((list) => list.reduce((sum, { size }) => sum + size, 0))
  const shown = new Map<number, RenderedChange>()
  let left = space
  wishes.forEach((list, rank) => {
    const later = needs.slice(rank + 1).reduce((sum, need) => sum + need, 0)
    left -= share(list, left - Math.min(later, Math.floor(left * LEFT_TO_LATER)), views, ruler, render, shown)
  })
  return shown
}

/** The first changes of a rank, as long as each can have the least, as large as each would like to be. */
function wishesOf(
  views: readonly ChangeView[],
  members: readonly number[],
  space: number,
  ruler: Ruler,
  render: Render,
): Wish[] {
  const wishes: Wish[] = []
  let least = 0
  for (const at of members) {
    if (least >= space) break
    const view = views[at]
    const rendered = view === undefined ? null : render(view, space)
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
  render: Render,
  shown: Map<number, RenderedChange>,
): number {
  let used = 0
  const open = wishes.toSorted((a, b) => a.size - b.size)
  open.forEach(({ at, size, rendered }, index) => {
    const fair = Math.floor(
      (room - used) / Math.min(open.length - index, Math.max(1, Math.floor((room - used) / LEAST))),
    )
    const view = views[at]
    const fitted = size <= Math.min(fair, room - used) ? rendered : view ? render(view, fair - 2) : null
    if (fitted === null) return
    used += ruler.measure(fitted.text) + 2
    shown.set(at, fitted)
  })
  return used
}

function cutNote({ views, rest }: ChangeList, shown: ReadonlyMap<number, RenderedChange>, url: string): string {
  const beyond = (kind?: ChangeKind) =>
    rest.reduce((sum, entry) => sum + (kind === undefined || entry.kind === kind ? entry.count : 0), 0)
  const shortened = [...shown.values()].filter(({ cut }) => cut).length
  const all = views.length + beyond()
  const missing = all - shown.size
  if (shortened === 0 && missing === 0) return ''
  const counts = SECTIONS.map(({ kind, done }) => {
    let count = beyond(kind)
    views.forEach((view, at) => {
      if (view.kind === kind && !shown.has(at)) count++
    })
    return count === 0 ? '' : `${count} ${done}`
  }).filter((part) => part !== '')
  const says: string[] = []
  if (missing > 0)
    says.push(`${missing} of ${all} changes ${missing === 1 ? 'is' : 'are'} not shown here (${counts.join(', ')})`)
  if (shortened > 0) says.push(`${shortened} ${shortened === 1 ? 'change is' : 'changes are'} shortened`)
  const link = url === '' ? '' : ` [View the whole deployment](${url}).`
  return `> **Too long to show whole**: ${says.join(', ')}.${link}`
}
