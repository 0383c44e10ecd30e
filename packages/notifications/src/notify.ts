import type { HandlerContext, JsonObject, Outcome } from '@pullwright/core'
import { freeAt, noted, readBook, wasTold, writeBook } from './book.ts'
import type { Channel, Message, Sent } from './channel.ts'
import { allHeld, forgetTold, heldId, heldState, hold, release, summaryOf } from './held.ts'
import type { NoticeWriter } from './templates.ts'

export interface NotifySetup {
  channel: Channel
  write: NoticeWriter
  wants(project: string, type: string): boolean
  repeatAfterMs: number
  maxPerMinute: number
}

/** While the other side fails, tasks other than the one that found out leave it alone for so long. */
const QUIET_AFTER_FAILURE_MS = 15_000
/** Old news is worth no more waiting. */
const LONGEST_WAIT_MS = 24 * 60 * 60_000

/**
 * Tells people of one event, alone or in a summary with others. Tasks of a project take turns, so what each finds in the
 * book is what the one before it left there. What was sent is a step of its task: a later attempt does not send it again.
 */
export async function notify(context: HandlerContext, setup: NotifySetup): Promise<Outcome> {
  const { event, documents } = context
  const silent = (reason: string) => context.done({ told: false, reason })
  if (!setup.wants(event.project, event.type)) return silent('not asked for')
  const id = heldId(event)
  const held = await heldState(documents, id)
  if (held === 'told') {
    await forgetTold(documents, id)
    return context.done({ told: true, reason: 'in a summary' })
  }
  const now = context.now()
  const book = await readBook(documents)
  if (book.quietUntil > now) return context.wait({ untilMs: book.quietUntil, reason: 'The channel wants a pause' })
  const free = freeAt(book, now, setup.maxPerMinute)
  if (held === 'held') return free > now ? pause(context, free) : summarise(context, setup)
  const notice = setup.write(event)
  if (notice === null) return silent('none of ours')
  if (wasTold(book, notice.about, now - setup.repeatAfterMs)) return silent('told lately')
  const plan = await context.step('plan', () => (free > now ? 'hold' : 'single'))
  if (plan === 'hold') {
    await hold(documents, id, notice)
    return pause(context, free)
  }
  const sent = await send(context, setup, notice, event.id)
  return sent ?? conclude(context, setup, [notice.about], { told: true })
}

function pause(context: HandlerContext, untilMs: number): Outcome {
  return context.wait({ untilMs, reason: 'Held for a summary: there were many at once' })
}

async function summarise(context: HandlerContext, setup: NotifySetup): Promise<Outcome> {
  const { documents, event } = context
  const found = await context.step('held', () => allHeld(documents))
  const sent = await send(context, setup, summaryOf(found, setup.channel.summaryLines), `${event.id}.summary`)
  if (sent !== null) return sent
  const ids = found.map(({ id }) => id)
  const abouts = found.map(({ about }) => about)
  const outcome = await conclude(context, setup, abouts, { told: true, notices: ids.length })
  await release(documents, ids, heldId(event))
  return outcome
}

async function conclude(
  { documents, now, done }: HandlerContext,
  { repeatAfterMs }: NotifySetup,
  abouts: readonly string[],
  result: JsonObject,
): Promise<Outcome> {
  await writeBook(documents, (book) => noted(book, abouts, now(), repeatAfterMs))
  return done(result)
}

type Unsent = Exclude<Sent, { kind: 'sent' }>

/** Null once it is sent; else what the task does now. */
async function send(
  context: HandlerContext,
  { channel }: NotifySetup,
  message: Message,
  id: string,
): Promise<Outcome | null> {
  const unsent: Unsent[] = []
  const sending = context.step('send', async () => {
    const sent = await channel.send(message, { id, signal: context.signal })
    if (sent.kind === 'sent') return sent.note ?? null
    unsent.push(sent)
    // What a step returns is kept, and this is to be tried again.
    throw new Error(sent.reason)
  })
  const note = await sending.catch((error: unknown) => {
    if (unsent.length === 0) throw error
    return null
  })
  if (note !== null) context.log.warn({ eventId: context.event.id, note }, 'Not everybody was told')
  const [refusal] = unsent
  return refusal === undefined ? null : giveWay(context, refusal)
}

async function giveWay(context: HandlerContext, sent: Unsent): Promise<Outcome> {
  const { documents, event } = context
  if (sent.kind === 'refused') return context.dead(sent.reason)
  const now = context.now()
  const quietMs = sent.kind === 'busy' ? sent.afterMs : QUIET_AFTER_FAILURE_MS
  await writeBook(documents, (book) => ({ ...book, quietUntil: Math.max(book.quietUntil, now + quietMs) }))
  if (sent.kind === 'failed') return context.retry({ afterMs: QUIET_AFTER_FAILURE_MS, reason: sent.reason })
  if (now + quietMs - event.recordedAt > LONGEST_WAIT_MS) return context.dead(`${sent.reason}, for a day`)
  return context.wait({ untilMs: now + quietMs, reason: sent.reason })
}
