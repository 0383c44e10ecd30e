import { type CallOptions, isVcsError, type PullRequestRef, VcsError } from '@pullwright/core'
import { type Entry, filesOf, PULL_REQUESTS, readEntries } from './entry.ts'
import type { Move } from './mirror.ts'
import type { Place } from './publish.ts'

/** What becomes of a pull request, and which branches move with it; null where nothing is to be written. */
export type Change = { entry: Entry; moves?: Move[] } | null

/** Tries once more where somebody else pushed meanwhile. */
const TRIES = 2

/** Reads an entry, changes it, and pushes it. Answers it as it is then. */
export async function changeEntry(
  { mirror }: Place,
  { number }: PullRequestRef,
  change: (entry: Entry) => Change | Promise<Change>,
  options: CallOptions,
): Promise<Entry> {
  for (let tries = 1; ; tries += 1) {
    await mirror.fetch(options)
    const { at, entries } = await readEntries(mirror)
    const entry = entryNumbered(entries, number)
    const changed = await change(entry)
    if (changed === null) return entry
    const kept = await mirror.commit(at, filesOf(changed.entry), `#${number}: ${changed.entry.title}`)
    try {
      await mirror.push([{ branch: PULL_REQUESTS, from: at, to: kept }, ...(changed.moves ?? [])], options)
      return changed.entry
    } catch (error) {
      if (tries >= TRIES || !isVcsError(error) || error.code !== 'conflict') throw error
    }
  }
}

export function entryNumbered(entries: readonly Entry[], number: number): Entry {
  const entry = entries.find((one) => one.number === number)
  if (entry === undefined) throw new VcsError('not-found', `There is no pull request #${number}.`)
  return entry
}
