/** The one way out: every byte Pullwright sends goes through a transport. Adapters and tests may bring their own. */
export interface Transport {
  /** Rejects with a `PullwrightError` (`transport`, `egress-blocked`) when there is no answer; any status is an answer. */
  send(request: TransportRequest): Promise<TransportResponse>
  /** The same transport in the shape of `fetch`, for client libraries. */
  readonly fetch: typeof globalThis.fetch
  close(): Promise<void>
}

export interface TransportRequest {
  method: string
  url: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  signal?: AbortSignal
  /** To the whole answer. Default 30,000. */
  timeoutMs?: number
  /** To a connection. Default 10,000. */
  connectTimeoutMs?: number
  /** To the first byte of the answer. Default: the whole time. */
  firstByteTimeoutMs?: number
  /** More is cut and `truncated` set, counted before and after decompression. Default 64 MiB. */
  maxResponseBytes?: number
}

export interface TransportResponse {
  status: number
  /** Lower case names; repeated ones joined with `, `. */
  headers: Record<string, string>
  body: Uint8Array
  truncated: boolean
  /** Milliseconds for each phase; null where it did not happen (a connection was at hand). */
  timings: TransportTimings
}

export interface TransportTimings {
  dns: number | null
  connect: number | null
  tls: number | null
  firstByte: number | null
  total: number
}
