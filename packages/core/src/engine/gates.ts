/** So many at once for each name; the rest wait their turn. */
export function createGates(): <T>(name: string, most: number, work: () => Promise<T>) => Promise<T> {
  const gates = new Map<string, { running: number; waiting: (() => void)[] }>()

  return async (name, most, work) => {
    const gate = gates.get(name) ?? { running: 0, waiting: [] }
    gates.set(name, gate)
    if (gate.running >= most) await new Promise<void>((resolve) => gate.waiting.push(resolve))
    else gate.running++
    try {
      return await work()
    } finally {
      const next = gate.waiting.shift()
      if (next) next()
      else if (--gate.running === 0) gates.delete(name)
    }
  }
}
