type Settings = Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>

/** What each contender is swept over; `contenders/` says what the names mean. */
const OURS: Settings = {
  bare: [{ concurrency: 16 }, { concurrency: 64 }, { concurrency: 128 }],
  memory: [{ concurrency: 32 }, { concurrency: 64 }, { concurrency: 128 }],
  sqlite: [{ concurrency: 64 }, { concurrency: 128 }, { concurrency: 256 }],
  postgres: [{ concurrency: 64 }, { concurrency: 128 }, { concurrency: 256 }, { concurrency: 512 }],
}

const QUEUES: Settings = {
  bullmq: [{ concurrency: 32 }, { concurrency: 100 }, { concurrency: 300 }, { concurrency: 600 }],
  'bullmq-always': [{ concurrency: 100 }, { concurrency: 300 }, { concurrency: 600 }],
  'pg-boss': [
    { batch: 50, workers: 2 },
    { batch: 100, workers: 1 },
    { batch: 100, workers: 3 },
    { batch: 500, workers: 2 },
  ],
  'graphile-worker': [
    { concurrency: 32, queue: 100 },
    { concurrency: 64, queue: 200 },
    { concurrency: 128, queue: 500 },
  ],
}

/** The same queues, with job functions that gather their audit rows into common statements. */
const GATHERING: Settings = Object.fromEntries(Object.entries(QUEUES).map(([name, list]) => [`${name}-gathered`, list]))

export const PEERS = Object.keys(QUEUES)
export const SETTINGS: Settings = { ...OURS, ...QUEUES, ...GATHERING }
