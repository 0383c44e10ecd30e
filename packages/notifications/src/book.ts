import { createHash } from 'node:crypto'
import { type JsonValue, type PluginDocuments, PullwrightError } from '@pullwright/core'
import { z } from 'zod'

/** What a project was told lately: one small document, over all processes. */
export interface Book {
  /** When messages went out within the last minute, oldest first. Milliseconds since the epoch. */
  sent: number[]
  /** What about, as hashes, and when. Oldest first. */
  told: [about: string, at: number][]
  /** Nothing is sent before this time. */
  quietUntil: number
}

const MINUTE = 60_000
const KEY = 'book'
/** Enough for an hour of single messages at the usual pace; of more the oldest may be told again. */
const MOST_TOLD = 600
const EMPTY: Book = { sent: [], told: [], quietUntil: 0 }

const shape = z.object({
  sent: z.array(z.number()),
  told: z.array(z.tuple([z.string(), z.number()])),
  quietUntil: z.number(),
})

export async function readBook(documents: PluginDocuments): Promise<Book> {
  return bookOf((await documents.get(KEY))?.value)
}

/** Changes it as one. Tasks of a project take turns, so that only one that was thought lost can be in the way. */
export async function writeBook(documents: PluginDocuments, change: (book: Book) => Book): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const row = await documents.get(KEY)
    const value: JsonValue = { ...change(bookOf(row?.value)) }
    if (await documents.put(KEY, value, { expectedVersion: row?.version ?? 0 })) return
  }
  throw new PullwrightError('conflict', 'What was told could not be noted: others keep noting too.')
}

/** With a message about these things, sent now. */
export function noted(book: Book, abouts: readonly string[], now: number, repeatAfterMs: number): Book {
  const hashes = new Set(abouts.map(hashOf))
  const others = book.told.filter(([about, at]) => at > now - repeatAfterMs && !hashes.has(about))
  const fresh = [...hashes].map((about): [string, number] => [about, now])
  return {
    ...book,
    sent: [...book.sent.filter((at) => at > now - MINUTE), now],
    told: [...others, ...fresh].slice(-MOST_TOLD),
  }
}

export function wasTold(book: Book, about: string, since: number): boolean {
  const hash = hashOf(about)
  return book.told.some(([one, at]) => one === hash && at > since)
}

/** When a further message may go out: now, or once the oldest of the last minute is a minute old. */
export function freeAt({ sent }: Book, now: number, maxPerMinute: number): number {
  const recent = sent.filter((at) => at > now - MINUTE)
  return recent.length < maxPerMinute ? now : (recent[recent.length - maxPerMinute] ?? now) + MINUTE
}

function bookOf(value: JsonValue | undefined): Book {
  const parsed = shape.safeParse(value)
  return parsed.success ? parsed.data : EMPTY
}

function hashOf(about: string): string {
  return createHash('sha256').update(about).digest('base64url').slice(0, 16)
}
