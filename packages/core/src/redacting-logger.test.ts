import { expect, it } from 'vitest'
import type { Logger } from './ports/logger.ts'
import { redactingLogger } from './redacting-logger.ts'
import { createRedactor } from './redaction/redactor.ts'

it('hides secrets in fields and message, and notes also what throws when it is read', () => {
  const lines: unknown[] = []
  const note = (...line: unknown[]) => void lines.push(line)
  const host: Logger = { debug: note, info: note, warn: note, error: note }
  const log = redactingLogger(host, createRedactor())
  const broken = {
    get why(): string {
      throw new Error('no')
    },
  }
  log.warn({ password: 'x' }, 'token=x9Kq2Lm7P')
  log.error(broken, 'token=x9Kq2Lm7P')
  expect(lines).toEqual([
    [{ password: '[REDACTED]' }, 'token=[REDACTED]'],
    [{ fields: '[Unreadable]' }, 'token=[REDACTED]'],
  ])
})
