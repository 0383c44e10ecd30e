/** Where counts and times go. Names are `pullwright.*`, times are milliseconds. An OpenTelemetry bridge fits behind it. */
export interface Telemetry {
  count(name: string, value: number, attributes: Record<string, string>): void
  time(name: string, milliseconds: number, attributes: Record<string, string>): void
}
