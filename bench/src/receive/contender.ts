import type { RequestListener } from 'node:http'

/** What the parent asks a server's process for. */
export interface ServerRequest {
  contender: 'bare' | 'pullwright'
  secret: string
  /** Where what was recorded is delivered to meanwhile; null where nothing is delivered. */
  sinkUrl: string | null
}

export interface ServerAnswer {
  /** Where it takes deliveries. */
  url: string
}

/** Its answer to whatever else it is told. */
export interface ServerUse {
  /** Processor time of the process so far, milliseconds. */
  cpuMs: number
}

/** An Express app that answers 202 once a delivery is committed. */
export type OpenContender = (request: ServerRequest) => Promise<{ app: RequestListener; path: string }>

/** What the process that sends is asked for. */
export interface LoadRequest {
  url: string
  secret: string
  /** Tells the deliveries of one block from those of another. */
  block: string
  perSecond: number
  seconds: number
  bodyBytes: number
}

/** Milliseconds from when each delivery was to be sent to the last byte of its answer. */
export type LoadResult = { latencies: number[] } | { failed: string }

/** Of both: as many as `pg` opens unless told otherwise. */
export const CONNECTIONS = 10
