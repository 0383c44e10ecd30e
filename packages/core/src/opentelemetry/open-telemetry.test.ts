import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { deployed, plugin, setUp } from '../../test/harness.ts'
import { retrySchedule } from '../retry/retry-schedule.ts'
import { openTelemetry } from './index.ts'
import { fromCarrier, toCarrier } from './trace-context.ts'

/** The SDK with everything in memory. */
function sdk() {
  const spans = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })
  const meterProvider = new MeterProvider({ readers: [reader] })
  async function collected() {
    await reader.forceFlush()
    const all = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    await meterProvider.shutdown()
    return new Map(all.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints]))
  }
  return { spans, collected, telemetry: openTelemetry({ tracerProvider, meterProvider }) }
}

function world(telemetry: ReturnType<typeof openTelemetry>) {
  let tries = 0
  return setUp({
    telemetry,
    plugins: [
      plugin({
        open: {
          on: ['environment.deployed'],
          retry: retrySchedule({ delays: [1_000], attempts: 3, jitter: 0 }),
          run({ emit, retry, done }) {
            if (++tries === 1) return retry({ reason: 'the forge is away' })
            const url = 'https://forge.test/acme/prompts/pull/1'
            emit('pull_request.opened', { vcs: 'test', repository: 'acme/prompts', number: 1, url })
            return done()
          },
        },
        hear: { on: ['pull_request.opened'], run: () => undefined },
      }),
    ],
  })
}

type Spans = ReturnType<InMemorySpanExporter['getFinishedSpans']>
const named = (spans: Spans, name: string) => spans.filter((span) => span.name === name)

async function deployOnce({ telemetry }: ReturnType<typeof sdk>) {
  const setting = world(telemetry)
  const { id } = await setting.pullwright.emitter.emit('environment.deployed', deployed)
  await setting.pullwright.drain()
  await setting.clock.advance(1_000)
  await setting.pullwright.drain()
  return { ...setting, id }
}

describe('openTelemetry', () => {
  it('has the emit, every attempt, the task and what follows in one trace, though rows lie between them', async () => {
    const kit = sdk()
    const { id } = await deployOnce(kit)
    const spans = kit.spans.getFinishedSpans()
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1)
    const [emit] = named(spans, 'emit environment.deployed')
    const [first, second] = named(spans, 'attempt environment.deployed')
    const [task] = named(spans, 'task environment.deployed')
    const [followUp] = named(spans, 'attempt pull_request.opened')
    expect(spans).toHaveLength(6)
    expect(emit?.parentSpanContext).toBeUndefined()
    expect(emit?.attributes).toMatchObject({ 'pullwright.event.id': id, 'pullwright.event.status': 'recorded' })
    const root = emit?.spanContext().spanId
    expect([first, second, task].map((span) => span?.parentSpanContext?.spanId)).toEqual([root, root, root])
    expect(first?.status).toEqual({ code: 2, message: 'the forge is away' })
    expect(second?.status.code).toBe(0)
    expect([first, second].map((span) => span?.attributes['pullwright.task.attempt'])).toEqual([1, 2])
    expect(task?.links.map(({ context }) => context.spanId)).toEqual([second?.spanContext().spanId])
    expect(task?.attributes).toMatchObject({ 'pullwright.task.status': 'done', 'pullwright.task.attempts': 2 })
    expect(task?.duration).toEqual([1, 0])
    expect(followUp?.parentSpanContext?.spanId).toBe(second?.spanContext().spanId)
  })

  it('counts attempts, retries, lag, queue depth, and the time from deployment to pull request', async () => {
    const kit = sdk()
    await deployOnce(kit)
    const metrics = await kit.collected()
    const sum = (name: string) =>
      (metrics.get(name) ?? []).map(({ value }) => (typeof value === 'number' ? value : (value.sum ?? 0)))
    expect(sum('pullwright.task.retries')).toEqual([1])
    expect(sum('pullwright.task.settled').reduce((a, b) => a + b)).toBe(3)
    expect(sum('pullwright.deployment.pull_request_time')).toEqual([1_000])
    expect(sum('pullwright.task.lag')).toHaveLength(2)
    expect(metrics.has('pullwright.queue.depth')).toBe(true)
  })

  it('says nothing of what failed but its kind: a message may hold a secret', async () => {
    const kit = sdk()
    const { pullwright } = world(kit.telemetry)
    await expect(pullwright.emitter.emit('environment.deployed', { hush: 'hush-hush' } as never)).rejects.toThrow()
    const [span] = kit.spans.getFinishedSpans()
    expect(span?.status).toEqual({ code: 2, message: 'PullwrightError' })
    expect(JSON.stringify([span?.attributes, span?.events])).not.toContain('hush-hush')
  })

  it('costs the event nothing where no SDK is registered', async () => {
    const { pullwright } = setUp({ telemetry: openTelemetry() })
    const { id } = await pullwright.emitter.emit('environment.deployed', deployed)
    expect((await pullwright.events.get(id)).kept).toEqual({})
  })
})

describe('the trace context kept with an event', () => {
  const context = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }
  const traceparent = `00-${context.traceId}-${context.spanId}-01`

  it('is W3C’s and reads back', () => {
    expect(toCarrier(context)).toEqual({ traceparent })
    expect(fromCarrier({ traceparent })).toEqual({ ...context, isRemote: true })
    const carrier = { traceparent, tracestate: 'vendor=1' }
    const read = fromCarrier(carrier)
    expect(read && toCarrier(read)).toEqual(carrier)
  })

  it('is nothing where it is none', () => {
    const nothing = [
      '',
      'hello',
      `ff-${context.traceId}-${context.spanId}-01`,
      `00-${'0'.repeat(32)}-${context.spanId}-01`,
    ]
    for (const given of nothing) expect(fromCarrier({ traceparent: given }), given).toBeNull()
    expect(fromCarrier({})).toBeNull()
    expect(toCarrier({ ...context, spanId: '0'.repeat(16) })).toBeNull()
  })
})
