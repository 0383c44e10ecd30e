import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../src/redaction/redactor.ts'

/*
 * The rules of secretlint's recommended preset were not used to write our table. Their patterns are read from the installed
 * package, secrets are made from them, and each must be hidden wherever it stands.
 */

/** Of each pattern, of which the preset has some twenty. */
const EACH = 100

/** Pieces of the patterns that describe secrets; the others serve the parsing of files. */
const SECRETS = /sk-|npm_|_authToken|xox|hooks|SG|shp|gh|ops_|lin_|:\\\/\\\/|AKIA|PRIVATE KEY\(/

/** What names an account, a user or a role grants nothing. */
const NO_SECRETS = /AGPA|AIDA|AROA|AIPA|ANPA|ANVA/

const PLACES: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `Please call it with ${secret} from now on.`,
  (secret) => `first line\n${secret}\nlast line`,
  (secret) => JSON.stringify({ note: `see ${secret} ` }),
]

const patterns = [...presetSource().matchAll(/= \/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([gimsu]*);/g)]
  .map(([, source = '', flags = '']) => new RegExp(source, flags.replace('g', '')))
  .filter((pattern) => SECRETS.test(pattern.source))

describe('recall', () => {
  it('is measured by the patterns of the preset', () => {
    expect(patterns.length).toBeGreaterThan(15)
  })

  it.each(patterns.map((pattern, seed) => [pattern.source, pattern, seed] as const))(
    'is 99 of 100 at least: %s',
    (_, pattern, seed) => {
      const redactor = createRedactor()
      const secrets = secretsOf(pattern, seed)
      expect(secrets.length).toBeGreaterThan(EACH / 2)
      const texts = secrets.map((secret, index) => PLACES[index % PLACES.length]?.(secret) ?? secret)
      const missed = texts.filter((text) => {
        const left = pattern.exec(redactor.text(text))?.[0]
        return left !== undefined && !left.includes('[REDACTED]')
      })
      expect(missed.slice(EACH / 100)).toEqual([])
    },
  )
})

/** What a pattern describes. Its looks around are left out, and `.` is what tokens are made of. */
function secretsOf({ source, flags }: RegExp, seed: number): string[] {
  const plain = source
    .replace(/\(\?<?[!=](?:[^()\\[]|\\.|\[[^\]]*\])*\)/g, '')
    .replace(/\(\?<\w+>/g, '(')
    .replace(/\[\^\$\]\.\*/g, '[A-Za-z0-9]{36}')
    .replace(/\.(?=[*+{])/g, '\\w')
    .replace(/\[\^[^\]]+\]/g, '[\\w.-]')
    .replace(/\{1,(\d+)\}/g, (_, most) => `{${Math.min(16, most)},${most}}`) // as long as real ones
    .replaceAll('\\b', '')
    .replaceAll('\\s', ' ')
    .replaceAll('@)?', '@)') // an address without a password is no secret
  const whole = new RegExp(source, flags)
  const texts = fc.sample(fc.stringMatching(new RegExp(`^(?:${plain})$`)), { numRuns: 4 * EACH, seed })
  return texts.filter((text) => whole.test(text) && !NO_SECRETS.test(text)).slice(0, EACH)
}

function presetSource(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('@secretlint/secretlint-rule-preset-recommend'))
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'))
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
}
