import { EventEmitter } from 'eventemitter3'
import type { z } from 'zod'
import { checkNames } from '../check-fields.ts'
import { PullwrightError } from '../errors.ts'
import type { BuiltInEvents } from '../events/catalog.ts'
import type { AnyEventDefinition, EventDefinition } from '../events/define-event.ts'
import type { EventRecord } from '../events/event.ts'
import type { Logger } from '../ports/logger.ts'
import type { HostTransaction, NewEvent } from '../ports/store.ts'
import type { Span, SpanStart, Telemetry } from '../ports/telemetry.ts'
import type { Accept } from './accept.ts'
import { messageOf } from './judge.ts'
import { checkName, projectOf } from './names.ts'
import { inSpan } from './tracing.ts'

export interface EmitOptions {
  /** The tenant. Default `default`. */
  project?: string
  /** The same key in a project is recorded once: the second emit answers `duplicate` with the first id. */
  idempotencyKey?: string
  /** Endpoints that ask for ordering get events of one key in order of commit. */
  orderingKey?: string
  /** When it happened: a date, an ISO 8601 text or milliseconds since the epoch. Default: now. */
  occurredAt?: Date | string | number
  /** The host's own open transaction: the event is recorded if it commits, and only then. */
  transaction?: HostTransaction
}

export interface EmitResult {
  id: string
  status: 'recorded' | 'duplicate'
}

const OPTIONS: Readonly<Record<keyof EmitOptions, true>> = {
  ...{ project: true, idempotencyKey: true, orderingKey: true, occurredAt: true, transaction: true },
}

/** An event as listeners see it: right after its record, before its place in the store's order is read back. */
export type ObservedEvent = Omit<EventRecord, 'sequence' | 'order'>

/** What each type takes, at compile time. */
export type EventInputs<Own extends readonly AnyEventDefinition[]> = {
  [Type in keyof BuiltInEvents]: z.input<BuiltInEvents[Type]['schema']>
} & { [Definition in Own[number] as Definition['type']]: z.input<Definition['schema']> }

export interface Emitter<Own extends readonly AnyEventDefinition[] = readonly []> {
  /**
   * Records an event, and a task for each endpoint and handler it meets, in one transaction. Resolves when it is
   * durable. Rejects with `invalid-event`, `unknown-event` or `too-large`, and then nothing is recorded.
   */
  emit<Type extends keyof EventInputs<Own> & string>(
    type: Type,
    data: EventInputs<Own>[Type],
    options?: EmitOptions,
  ): Promise<EmitResult>
  emit<Type extends string, Schema extends z.ZodType>(
    event: EventDefinition<Type, Schema>,
    data: z.input<Schema>,
    options?: EmitOptions,
  ): Promise<EmitResult>
  /** Watches this process's events after their commit. An observer: nothing waits for it. Returns a function that ends it. */
  on(
    type: (keyof EventInputs<Own> & string) | '*' | (string & {}),
    listener: (event: ObservedEvent) => void,
  ): () => void
}

/** Listeners of one Pullwright. */
export interface Observers {
  on(type: string, listener: (event: ObservedEvent) => void): () => void
  tell(recorded: NewEvent): void
}

export function createObservers(log: Logger): Observers {
  const listeners = new EventEmitter<Record<string, [ObservedEvent]>>()
  return {
    on(type, listener) {
      const guarded = (event: ObservedEvent) => {
        try {
          const result: unknown = listener(event)
          if (result instanceof Promise) result.catch((error: unknown) => complain(event, error))
        } catch (error) {
          complain(event, error)
        }
      }
      listeners.on(type, guarded)
      return () => {
        listeners.off(type, guarded)
      }
    },
    tell(recorded) {
      if (listeners.listenerCount(recorded.type) + listeners.listenerCount('*') === 0) return
      const { tasks: _tasks, order: _order, ...event } = recorded
      listeners.emit(event.type, event)
      listeners.emit('*', event)
    },
  }

  function complain(event: ObservedEvent, error: unknown): void {
    log.error(
      { eventId: event.id, type: event.type, error: messageOf(error) },
      'A listener failed; the event is unharmed',
    )
  }
}

/** Bound to a project and a subject where `as()` made it. */
export function createEmitter(
  accept: Accept,
  observers: Observers,
  bound: { project?: string | undefined; subject?: string | undefined },
  telemetry: Telemetry,
): Emitter {
  return {
    emit(event: string | AnyEventDefinition, data: unknown, options: EmitOptions = {}): Promise<EmitResult> {
      const type = typeof event === 'string' ? event : event.type
      const start = (): SpanStart => ({
        name: `emit ${type}`,
        kind: 'producer',
        attributes: { 'pullwright.event.type': type },
      })
      return inSpan(telemetry, start, (span) => record(event, data, options, span))
    },
    on: (type, listener) => {
      if (typeof listener !== 'function') {
        throw new PullwrightError('invalid-argument', '`emitter.on` takes a type, or `*`, and a function')
      }
      return observers.on(type, (event) => {
        if (bound.project === undefined || event.project === bound.project) return listener(event)
      })
    },
  } as Emitter

  async function record(event: string | AnyEventDefinition, data: unknown, options: EmitOptions, span: Span) {
    checkNames('The options of emit', options, OPTIONS)
    const { type, input } = accept.check(event, data)
    const incoming = {
      type,
      input,
      project: projectOf(options.project, bound.project),
      source: 'host',
      subject: bound.subject,
      idempotencyKey: nameOption('idempotencyKey', options.idempotencyKey),
      orderingKey: nameOption('orderingKey', options.orderingKey),
      occurredAt: timeOf(options.occurredAt),
      trace: span.carrier,
    }
    const result = await accept.accept([incoming], { transaction: options.transaction })
    const recorded = result.status === 'recorded' ? result.events[0] : undefined
    if (!recorded) throw new PullwrightError('store', 'The store did not say what became of the event')
    const { id, status } = recorded
    span.set({ 'pullwright.event.id': id, 'pullwright.event.status': status })
    return { id, status }
  }
}

function nameOption(what: string, value: unknown): string | undefined {
  return value === undefined ? undefined : checkName(what, value)
}

function timeOf(value: EmitOptions['occurredAt']): number | undefined {
  if (value === undefined) return undefined
  const time = typeof value === 'number' ? value : new Date(value).getTime()
  if (Number.isFinite(time) && Math.abs(time) <= 8.64e15) return time
  throw new PullwrightError(
    'invalid-argument',
    '`occurredAt` must be a date, an ISO 8601 text or milliseconds since the epoch',
  )
}
