/** One round, as the parent asks a child for it. */
export interface Round {
  contender: string
  /** What this contender calls its concurrency; see `contenders/`. */
  setting: Readonly<Record<string, number>>
  bodyBytes: number
  deliveries: number
  /** `through`: recorded and delivered at the same time. `backlog`: recorded before the clock starts. */
  mode: 'through' | 'backlog'
  sinkUrl: string
}

export interface RoundResult {
  seconds: number
  /** Of the process that records and delivers, milliseconds. */
  cpuMs: number
  /** Of PostgreSQL's and Redis's processes for this round, milliseconds; null where they cannot be read. */
  serverCpuMs: number | null
  /** Sent to the database; null where there is none. */
  statements: number | null
}

/** A system that takes work, delivers it signed, and keeps a row of every attempt. */
export interface Contender {
  /** Records one delivery; resolves when it is as durable as the system makes it. */
  record(index: number): Promise<unknown>
  /** The quickest way the system has to record many. */
  recordMany(from: number, count: number): Promise<void>
  /** Begins to deliver. */
  start(): Promise<void>
  /** How many deliveries are sent, kept and done. */
  done(): number
  /** Statements so far; null where there is no SQL. */
  statements(): number | null
  /** The process id of a server of its own beside PostgreSQL. */
  readonly server?: number
  stop(): Promise<void>
}

export interface ContenderOptions {
  setting: Readonly<Record<string, number>>
  sinkUrl: string
  /** The data of a delivery. */
  data(index: number): Record<string, unknown>
}

export type OpenContender = (options: ContenderOptions) => Promise<Contender>
