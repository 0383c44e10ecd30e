import { createPullwright, type Logger, memoryStore, type Plugin, type PullwrightOptions } from '../src/index.ts'

export interface FakeClock {
  now(): number
  setTimer(callback: () => void, milliseconds: number): () => void
  /** Moves on, calling back what becomes due on the way, in order. */
  advance(milliseconds: number): Promise<void>
}

export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let time = start
  let timers: { at: number; callback: () => void }[] = []
  return {
    now: () => time,
    setTimer(callback, milliseconds) {
      const timer = { at: time + milliseconds, callback }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    async advance(milliseconds) {
      const end = time + milliseconds
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        timers = timers.filter((timer) => timer !== next)
        time = Math.max(time, next.at)
        next.callback()
        await settled()
      }
      time = end
      await settled()
    },
  }
}

/** Lets everything that waits for promises go as far as it can. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** A logger that keeps what it is told. */
export function memoryLogger(): Logger & { lines: { level: string; message: string; fields: object }[] } {
  const lines: { level: string; message: string; fields: object }[] = []
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields })
  }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** A Pullwright on a memory store with a clock that stands still. */
export function setUp(options: Omit<PullwrightOptions, 'clock' | 'logger'> & { clock?: FakeClock } = {}) {
  const clock = options.clock ?? fakeClock()
  const logger = memoryLogger()
  const store = options.store ?? memoryStore()
  const pullwright = createPullwright({ ...options, store, clock, logger })
  return { pullwright, clock, logger, store }
}

export function plugin(handlers: NonNullable<Plugin['handlers']>, more: Partial<Plugin> = {}): Plugin {
  return { name: 'test', apiVersion: 1, handlers, ...more }
}

export const deployed = {
  app_name: 'support-bot',
  variant_name: 'v2',
  environment: 'production',
  revision: 15,
  deployed_by: 'jane@example.com',
  config: { model: 'gpt-4', temperature: 0.5 },
}
