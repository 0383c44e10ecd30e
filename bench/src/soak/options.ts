import { parseArgs } from 'node:util'

export interface SoakOptions {
  minutes: number
  store: 'postgres' | 'sqlite'
  workers: number
  /** Chooses the faults; the same number makes the same choices. */
  seed: number
  /** Between two lines. */
  lineSeconds: number
}

export const USAGE = `npm run bench -- soak [options]
  --minutes <number>          how long (default 60)
  --store <postgres|sqlite>   default postgres: the server at the default address, or one of its own
  --workers <number>          processes that share the store (default 3)
  --seed <number>             repeats the choices of a run
  --line-seconds <number>     between two lines (default 60)`

/** Throws for what is no option, or no number. */
export function readOptions(args: string[]): SoakOptions {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '60' },
      store: { type: 'string', default: 'postgres' },
      workers: { type: 'string', default: '3' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      'line-seconds': { type: 'string', default: '60' },
    },
  })
  const { store } = values
  if (store !== 'postgres' && store !== 'sqlite') throw new Error('--store must be postgres or sqlite')
  return {
    minutes: positive('minutes', values.minutes),
    store,
    workers: Math.ceil(positive('workers', values.workers)),
    seed: positive('seed', values.seed),
    lineSeconds: positive('line-seconds', values['line-seconds']),
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new Error(`--${name} must be a number above 0`)
}
