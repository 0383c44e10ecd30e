/** One way to do the work, at once or with a promise. */
export type Contestant = () => unknown

export interface Times {
  /** Median, in ms of processor time, which other work on the machine lengthens least. */
  median: number
  /** Of each round, in ms, for ratios within a round. */
  rounds: number[]
}

/** So long one contestant runs in one round: timers and other processes are small against it. */
const SAMPLE_MS = 12
/** The last answer: as it may be read, no compiler leaves the work out. */
const last: { answer: unknown } = { answer: null }

/**
 * Times all contestants in turn, round after round, in alternating order: what else the machine does meets all of them.
 * Each is first run until it is warm.
 */
export async function compare<Name extends string>(
  contestants: Record<Name, Contestant>,
  rounds = 15,
): Promise<Record<Name, Times>> {
  const all = Object.entries(contestants) as [Name, Contestant][]
  const counts = new Map<Name, number>()
  for (const [name, run] of all) counts.set(name, await warmUp(run))
  const times = Object.fromEntries(all.map(([name]) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of round % 2 === 0 ? all : all.toReversed()) {
      // A full collection would throw compiled code away, and compiling it again is not what is measured.
      globalThis.gc?.({ type: 'minor' })
      times[name].push(await timed(run, counts.get(name) ?? 1))
    }
  }
  const summary = all.map(([name]) => [name, { median: median(times[name]), rounds: times[name] }])
  return Object.fromEntries(summary) as Record<Name, Times>
}

/** How many times as long `mine` takes as `theirs`: the median of the rounds' own ratios, which load distorts least. */
export function ratio(mine: Times, theirs: Times): number {
  return median(mine.rounds.map((time, round) => time / (theirs.rounds[round] ?? time)))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

const WARM_MS = 150

/** How often it must run to fill a sample. */
async function warmUp(run: Contestant): Promise<number> {
  let best = await timed(run, 1)
  for (const end = performance.now() + WARM_MS; performance.now() < end; ) best = Math.min(best, await timed(run, 1))
  return Math.max(1, Math.min(20_000, Math.round(SAMPLE_MS / Math.max(best, 0.0005))))
}

async function timed(run: Contestant, count: number): Promise<number> {
  const start = process.cpuUsage()
  for (let at = 0; at < count; at++) {
    last.answer = run()
    if (last.answer instanceof Promise) await last.answer
  }
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000 / count
}
