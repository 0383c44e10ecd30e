/** How a run came in: at once, after others, or not at all because it waited too long. */
export type Entry = 'at-once' | 'waited' | 'tired'

export interface Gates {
  /**
   * So many at once for each name: one more goes in at once, or when its turn comes, of which `waits` is told. Who went in
   * calls `leave` in the end, unless `tired`.
   */
  enter(name: string, most: number, waits?: () => void): 'at-once' | Promise<Entry>
  leave(name: string): void
  /** Who has waited since before this time waits no longer: it goes on as `tired`, beside the others. */
  tire(before: number): void
}

interface Waiting {
  since: number
  enter: (entry: Entry) => void
}

export function createGates(now: () => number): Gates {
  const gates = new Map<string, { running: number; waiting: Waiting[] }>()

  return {
    enter(name, most, waits) {
      const gate = gates.get(name) ?? { running: 0, waiting: [] }
      gates.set(name, gate)
      if (gate.running < most) {
        gate.running++
        return 'at-once'
      }
      waits?.()
      return new Promise((enter) => gate.waiting.push({ since: now(), enter }))
    },
    leave(name) {
      const gate = gates.get(name)
      if (gate === undefined) return
      const next = gate.waiting.shift()
      if (next) next.enter('waited')
      else if (--gate.running === 0) gates.delete(name)
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
