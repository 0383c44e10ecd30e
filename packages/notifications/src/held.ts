import type { EventRecord, JsonObject, PluginDocuments } from '@pullwright/core'
import { z } from 'zod'
import type { Message } from './channel.ts'
import type { Notice } from './templates.ts'

/** What waits to be told in a summary: a document for each event, so that none is lost with one task. */
export interface HeldNotice extends JsonObject {
  id: string
  line: string
  text: string
  about: string
}

const PAGE = 100
/** The rest stays for the next summary. */
const MOST_AT_ONCE = 1_000

const shape = z.object({ line: z.string(), text: z.string(), about: z.string() })
const heldKey = (id: string) => `held:${id}`
const toldKey = (id: string) => `told:${id}`

/** Sorts in the order of recording. */
export function heldId({ id, sequence }: Pick<EventRecord, 'id' | 'sequence'>): string {
  return `${String(sequence).padStart(16, '0')}:${id}`
}

export async function hold(documents: PluginDocuments, id: string, notice: Notice): Promise<void> {
  const { line, text, about } = notice
  await documents.put(heldKey(id), { line, text, about })
}

/** `told`: in the summary that another task sent. */
export async function heldState(documents: PluginDocuments, id: string): Promise<'none' | 'held' | 'told'> {
  if (await documents.get(heldKey(id))) return 'held'
  return (await documents.get(toldKey(id))) ? 'told' : 'none'
}

/** In the order of recording. */
export async function allHeld(documents: PluginDocuments): Promise<HeldNotice[]> {
  const held: HeldNotice[] = []
  for (let after: string | undefined; held.length < MOST_AT_ONCE; ) {
    const rows = await documents.list({ prefix: heldKey(''), limit: PAGE, ...(after === undefined ? {} : { after }) })
    for (const { key, value } of rows) {
      const parsed = shape.safeParse(value)
      if (parsed.success) held.push({ id: key.slice(heldKey('').length), ...parsed.data })
    }
    after = rows.at(-1)?.key
    if (rows.length < PAGE) break
  }
  return held
}

/** Each of them finds out by itself; our own comes last, so that a run that was cut off is finished by the next. */
export async function release(documents: PluginDocuments, ids: readonly string[], own: string): Promise<void> {
  for (const id of ids) {
    if (id === own) continue
    await documents.put(toldKey(id), true)
    await documents.remove(heldKey(id))
  }
  await documents.remove(heldKey(own))
}

export async function forgetTold(documents: PluginDocuments, id: string): Promise<void> {
  await documents.remove(toldKey(id))
}

/** One thing is listed once, however often it happened. */
export function summaryOf(held: readonly HeldNotice[], mostLines: number): Message {
  const [first, ...more] = held
  if (first !== undefined && more.length === 0) return { title: first.line, text: first.text }
  const lines = [...new Map(held.map(({ about, line }) => [about, line])).values()]
  const shown = lines.slice(0, mostLines).map((line) => `• ${line}`)
  const others = lines.length - shown.length
  return {
    title: `${held.length} notices from Pullwright`,
    text: [...shown, ...(others > 0 ? [`… and ${others} more`] : [])].join('\n'),
  }
}
