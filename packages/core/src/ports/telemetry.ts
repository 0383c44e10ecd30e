/** Where counts, times and spans go. Names are `pullwright.*`, times are milliseconds. `openTelemetry()` is one. */
export interface Telemetry {
  count(name: string, value: number, attributes: Record<string, string>): void
  time(name: string, milliseconds: number, attributes: Record<string, string>): void
  /** How much there is of something now, such as the depth of a queue. */
  gauge?(name: string, value: number, attributes: Record<string, string>): void
  /** Does the work within a span, which ends with it. A rejection makes the span failed and is passed on. */
  span?<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T>
}

export interface SpanStart {
  name: string
  kind: 'producer' | 'consumer' | 'internal'
  attributes: Record<string, string | number>
  /** The span this one belongs below, maybe of another process and long over. Default: the active one. */
  parent?: TraceCarrier | undefined
  links?: readonly TraceCarrier[]
  /** Milliseconds since the epoch, where the span began before or ended at another time than the work. */
  startedAt?: number
  endedAt?: number
}

export interface Span {
  /** What another process needs to go on with this trace; null where nothing is recorded. */
  readonly carrier: TraceCarrier | null
  set(attributes: Record<string, string | number>): void
  /** Nothing secret may be in the reason. */
  fail(reason: string): void
}

/** W3C Trace Context: `traceparent`, and `tracestate` where there is one. */
export type TraceCarrier = Record<string, string>
