import { createTraceState, isSpanContextValid, type SpanContext } from '@opentelemetry/api'
import type { TraceCarrier } from '../ports/telemetry.ts'

/** W3C Trace Context, level 1: `version-traceid-parentid-flags`. Later versions may add to it. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/

/** What to keep of a span, so that another process can go on with its trace. Null where nothing is recorded. */
export function toCarrier(context: SpanContext): TraceCarrier | null {
  if (!isSpanContextValid(context)) return null
  const flags = context.traceFlags.toString(16).padStart(2, '0')
  const state = context.traceState?.serialize()
  const traceparent = `00-${context.traceId}-${context.spanId}-${flags}`
  return state === undefined || state === '' ? { traceparent } : { traceparent, tracestate: state }
}

/** Null for what is no carrier. */
export function fromCarrier({ traceparent, tracestate }: TraceCarrier): SpanContext | null {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return null
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  }
  return isSpanContextValid(context) ? context : null
}
