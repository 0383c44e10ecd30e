import type { Logger } from './ports/logger.ts'
import type { Redactor } from './redaction/redactor.ts'

/** The host's logger, told nothing before it is redacted: also what plugins and caught errors say. */
export function redactingLogger(log: Logger, redactor: Redactor): Logger {
  const at =
    (level: keyof Logger) =>
    (fields: object, message: string): void =>
      log[level](readable(fields, redactor), redactor.text(message))
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** What throws when it is read must not stop whoever only wanted to note it. */
function readable(fields: object, redactor: Redactor): object {
  try {
    return redactor.value(fields)
  } catch {
    return { fields: '[Unreadable]' }
  }
}
