/**
 * Hands spans and metrics to OpenTelemetry.
 *
 * @module @pullwright/core/opentelemetry
 */
export type { OpenTelemetryOptions } from './open-telemetry.ts'
export { openTelemetry } from './open-telemetry.ts'
