/** How a run came in: at once, after others, or not at all because it waited too long. */
export type Entry = 'at-once' | 'waited' | 'tired'

export interface Gates {
  /** So many at once for each name; the rest wait their turn, of which `waits` is told. */
  pass<T>(name: string, most: number, work: (entry: Entry) => Promise<T>, waits?: () => void): Promise<T>
  /** Who has waited since before this time waits no longer: `work` is called as `tired`, beside the others. */
  tire(before: number): void
}

interface Waiting {
  since: number
  enter: (entry: Entry) => void
}

export function createGates(now: () => number): Gates {
  const gates = new Map<string, { running: number; waiting: Waiting[] }>()

  return {
    async pass(name, most, work, waits) {
      const gate = gates.get(name) ?? { running: 0, waiting: [] }
      gates.set(name, gate)
      let entry: Entry = 'at-once'
      if (gate.running >= most) {
        waits?.()
        entry = await new Promise<Entry>((enter) => gate.waiting.push({ since: now(), enter }))
      } else gate.running++
      if (entry === 'tired') return work(entry)
      try {
        return await work(entry)
      } finally {
        const next = gate.waiting.shift()
        if (next) next.enter('waited')
        else if (--gate.running === 0) gates.delete(name)
      }
    },
    tire(before) {
      for (const gate of gates.values()) {
        const tired = gate.waiting.filter(({ since }) => since <= before)
        gate.waiting = gate.waiting.filter(({ since }) => since > before)
        for (const { enter } of tired) enter('tired')
      }
    },
  }
}
