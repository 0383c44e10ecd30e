import type { EventRecord } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import type { Span, SpanStart, Telemetry, TraceCarrier } from '../ports/telemetry.ts'

/** Beside the parts that handlers ask for, the store keeps where an event's trace began: spans outlive the process. */
const TRACE = 'trace'

type Kept = EventRecord['kept']

export function withTrace(kept: Kept, trace: TraceCarrier | null | undefined): Kept {
  return trace === null || trace === undefined ? kept : ({ ...kept, [TRACE]: trace } as Kept)
}

export function traceOf({ kept }: Pick<EventRecord, 'kept'>): TraceCarrier | undefined {
  const trace = (kept as Record<string, JsonValue>)[TRACE]
  if (typeof trace !== 'object' || trace === null || Array.isArray(trace)) return undefined
  const texts = Object.entries(trace).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(texts)
}

/** Work in a span, where somebody listens. */
export function inSpan<T>(telemetry: Telemetry, start: () => SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
  return telemetry.span ? telemetry.span(start(), work) : work(NO_SPAN)
}

const NO_SPAN: Span = { carrier: null, set() {}, fail() {} }
