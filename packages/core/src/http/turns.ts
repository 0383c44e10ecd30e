/** At most so many at once for each key, in the order they came. Waiting ends with the signal. */
export interface Turns {
  run<T>(key: string, most: number, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
  const gates = new Map<string, { running: number; waiting: Set<() => void> }>()

  return {
    async run(key, most, signal, work) {
      const gate = gates.get(key) ?? { running: 0, waiting: new Set() }
      gates.set(key, gate)
      if (gate.running < most) gate.running += 1
      else await turn(gate.waiting, signal)
      try {
        return await work()
      } finally {
        const [next] = gate.waiting
        if (next !== undefined) {
          gate.waiting.delete(next)
          next()
        } else {
          gate.running -= 1
          if (gate.running === 0) gates.delete(key)
        }
      }
    },
  }
}

function turn(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const mine = () => {
      signal?.removeEventListener('abort', leave)
      resolve()
    }
    const leave = () => {
      waiting.delete(mine)
      reject(signal?.reason)
    }
    if (signal?.aborted) return reject(signal.reason)
    waiting.add(mine)
    signal?.addEventListener('abort', leave, { once: true })
  })
}
