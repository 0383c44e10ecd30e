import type { ChangeList } from './change-view.ts'
import { type ChangesPlace, renderChanges } from './render-changes.ts'
import type { TemplatePart } from './template.ts'

/** What is given up first where even the smaller sections are too much. */
const GIVEN_UP: readonly string[] = [
  'footer',
  'checklist',
  'evaluation',
  'commit_message',
  'link',
  'summary',
  'policies',
  'header',
  'heading',
]
/** What a reader calls them. */
const NAMES: Readonly<Record<string, string>> = {
  checklist: 'the review checklist',
  evaluation: 'the evaluation',
  commit_message: 'the commit message',
  summary: 'the summary',
  policies: 'the policies',
  header: 'the facts of the deployment',
}
/** The changes get at least this, or other sections make room. */
const LEAST_FOR_CHANGES = 1500
/** Plain words, so that cutting them anywhere does no harm. */
const LAST_RESORT = 'This deployment is too long to be shown here.'

export interface Fitted {
  text: string
  truncated: boolean
}

/**
 * Puts sections into a template so that the whole fits: the changes get what the others leave, and where that is too
 * little, sections are given up one by one. Always answers with a text that fits.
 */
export function fitBody(
  template: readonly TemplatePart[],
  sections: Readonly<Record<string, string>>,
  changes: ChangeList,
  { room, ruler, url, details }: ChangesPlace,
): Fitted {
  const kept: Record<string, string> = { ...sections }
  const places = template.filter((part) => typeof part !== 'string' && part.variable === 'changes').length
  const wanted = places > 0 ? Math.min(LEAST_FOR_CHANGES, Math.floor(room / 2)) : 0
  let without: Fitted | null = null
  for (const next of [null, ...GIVEN_UP]) {
    if (next !== null) kept[next] = ''
    const left = room - ruler.measure(assemble(template, kept, ''))
    if (left < wanted) continue
    const rendered =
      places > 0
        ? renderChanges(changes, { room: Math.floor(left / places), ruler, url, details })
        : { text: '', truncated: false, shown: 0 }
    const { text: shown, truncated } = rendered
    const text = assemble(template, kept, shown)
    if (ruler.measure(text) > room || (text === '' && next !== null)) continue
    const note = givenUpNote(template, sections, kept, url)
    const noted = note === '' ? text : `${text}\n\n${note}`
    const fitted = { text: ruler.measure(noted) <= room ? noted : text, truncated: truncated || next !== null }
    if (places === 0 || rendered.shown > 0 || changes.views.length === 0) return fitted
    // One change is worth more than any other section but the heading.
    without ??= fitted
    if (next === 'header') break
  }
  return without ?? { text: LAST_RESORT.slice(0, Math.max(0, room)), truncated: true }
}

/** Names what was there and had to go, with a link to the whole; the footer is missed by nobody. */
function givenUpNote(
  template: readonly TemplatePart[],
  sections: Readonly<Record<string, string>>,
  kept: Readonly<Record<string, string>>,
  url: string,
): string {
  const asked = new Set(template.map((part) => (typeof part === 'string' ? '' : part.variable)))
  const gone = Object.entries(NAMES).filter(([name]) => asked.has(name) && sections[name] && kept[name] === '')
  if (gone.length === 0) return ''
  const link = url === '' ? '' : ` [View the whole deployment](${url}).`
  return `> **Left out for want of room**: ${gone.map(([, shown]) => shown).join(', ')}.${link}`
}

/** Sections that are empty leave no gap. What stands inside a section is left alone: blank lines of a prompt are the prompt's. */
function assemble(
  template: readonly TemplatePart[],
  sections: Readonly<Record<string, string>>,
  changes: string,
): string {
  let text = ''
  for (const part of template) {
    const next =
      typeof part === 'string' ? part : part.variable === 'changes' ? changes : (sections[part.variable] ?? '')
    // Two runs of backticks would become one, which ends no code, and a backslash takes the first of them away.
    if (next.startsWith('`') && /[`\\]$/.test(text)) text += ' '
    text += typeof part === 'string' && (text === '' || text.endsWith('\n\n')) ? next.replace(/^\n+/, '') : next
  }
  return text.trim()
}
