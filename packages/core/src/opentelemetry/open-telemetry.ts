import {
  type Context,
  context as contexts,
  type MeterProvider,
  metrics,
  type Span as OpenTelemetrySpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace as traces,
} from '@opentelemetry/api'
import type { Span, SpanStart, Telemetry, TraceCarrier } from '../ports/telemetry.ts'
import { fromCarrier, toCarrier } from './trace-context.ts'

export interface OpenTelemetryOptions {
  /** Default: the global one, as the host's SDK registered it. */
  tracerProvider?: TracerProvider
  meterProvider?: MeterProvider
}

const NAME = '@pullwright/core'

const KINDS = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER, internal: SpanKind.INTERNAL } as const

/**
 * Telemetry by OpenTelemetry: `createPullwright({ telemetry: openTelemetry() })`. Spans for each emit, each attempt and
 * each task that ends, in the trace in which the event was emitted; counters, histograms in milliseconds, and gauges.
 */
export function openTelemetry({ tracerProvider, meterProvider }: OpenTelemetryOptions = {}): Telemetry {
  const tracer = (tracerProvider ?? traces).getTracer(NAME)
  const meter = (meterProvider ?? metrics).getMeter(NAME)
  const counters = remember((name) => meter.createCounter(name))
  const histograms = remember((name) => meter.createHistogram(name, { unit: 'ms' }))
  const gauges = remember((name) => meter.createGauge(name))

  return {
    count: (name, value, attributes) => counters(name).add(value, attributes),
    time: (name, milliseconds, attributes) => histograms(name).record(milliseconds, attributes),
    gauge: (name, value, attributes) => gauges(name).record(value, attributes),
    async span(start, work) {
      const parent = contextOf(start.parent)
      const span = tracer.startSpan(
        start.name,
        {
          kind: KINDS[start.kind],
          attributes: start.attributes,
          links: linksOf(start),
          ...(start.startedAt === undefined ? {} : { startTime: start.startedAt }),
        },
        parent,
      )
      try {
        return await contexts.with(traces.setSpan(parent, span), () => work(shown(span)))
      } catch (error) {
        // The message may hold what must not leave the process.
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'Error' })
        throw error
      } finally {
        span.end(start.endedAt)
      }
    },
  }
}

function contextOf(carrier: TraceCarrier | undefined): Context {
  const remote = carrier === undefined ? null : fromCarrier(carrier)
  return remote === null ? contexts.active() : traces.setSpanContext(ROOT_CONTEXT, remote)
}

function linksOf({ links = [] }: SpanStart) {
  return links.flatMap((carrier) => {
    const context = fromCarrier(carrier)
    return context === null ? [] : [{ context }]
  })
}

function shown(span: OpenTelemetrySpan): Span {
  return {
    carrier: toCarrier(span.spanContext()),
    set: (attributes) => void span.setAttributes(attributes),
    fail: (message) => void span.setStatus({ code: SpanStatusCode.ERROR, message }),
  }
}

/** One instrument for each name. */
function remember<T>(make: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>()
  return (name) => {
    const one = known.get(name) ?? make(name)
    known.set(name, one)
    return one
  }
}
