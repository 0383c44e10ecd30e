import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../src/redaction/redactor.ts'

/*
 * Two sets of rules that were not used to write our table: secretlint's recommended preset, and truffleHog's first one, as
 * eslint-plugin-no-secrets carries it. Their patterns are read from the installed packages, secrets are made from them, and
 * each must be hidden wherever it stands.
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

/** What it is called, what finds it, and what secrets are made from. */
type Rule = [name: string, pattern: RegExp, shape: string]

const preset = literalsIn('@secretlint/secretlint-rule-preset-recommend', /= (?=\/)/)
  .filter(({ source }) => SECRETS.test(source))
  .map((pattern): Rule => [pattern.source, pattern, pattern.source])

/** The rule for Google's service accounts finds the word `service_account`, and no secret. */
const truffleHog = literalsIn('eslint-plugin-no-secrets', /: (?=\/)/)
  .filter(({ source }) => !source.includes('service_account'))
  .map((pattern): Rule => [pattern.source, pattern, written(pattern.source)])

describe.each<[string, number, Rule[]]>([
  ['secretlint', 16, preset],
  ['truffleHog', 17, truffleHog],
])('recall by the rules of %s', (_set, least, rules) => {
  it('is measured by all of them', () => {
    expect(rules.length).toBeGreaterThanOrEqual(least)
  })

  it.each(rules.map((rule, seed) => [...rule, seed] as const))(
    'is 99 of 100 at least: %s',
    (_name, pattern, shape, seed) => {
      const redactor = createRedactor()
      const secrets = secretsOf(pattern, shape, seed)
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

/**
 * What truffleHog's rules leave open as people write it: a key and its value in one kind of quotes, passwords of letters, the
 * dots of a host, and of a private key more than its first line.
 */
function written(source: string): string {
  const classes = source.replace(/\[[^\]]*\]/g, (set) => set.replaceAll('|', ''))
  const plain = classes
    .replace(/\[\^[^\]]+\]/g, '\\w')
    .replace(/\.\*(?=\[)/, '_key = ')
    .replace(/\['\\?"\]/g, '"')
    .replace(/(?<=\w)\.(?=\w)/g, '\\.')
  const [, name] = /BEGIN ([A-Z ]+)/.exec(source) ?? []
  return name === undefined ? plain : `${plain}\\n([A-Za-z0-9+\\/]{64}\\n){3}-----END ${name}-----`
}

/** What a pattern describes. Its looks around are left out, and `.` is what tokens are made of. */
function secretsOf(pattern: RegExp, shape: string, seed: number): string[] {
  const plain = shape
    .replace(/\(\?<?[!=](?:[^()\\[]|\\.|\[[^\]]*\])*\)/g, '')
    .replace(/\(\?<\w+>/g, '(')
    .replace(/\[\^\$\]\.\*/g, '[A-Za-z0-9]{36}')
    .replace(/\.(?=[*+{])/g, '\\w')
    .replace(/\[\^[^\]]+\]/g, '[\\w.-]')
    .replace(/\{1,(\d+)\}/g, (_, most) => `{${Math.min(16, most)},${most}}`) // as long as real ones
    .replaceAll('\\b', '')
    .replaceAll('\\s', ' ')
    .replaceAll('@)?', '@)') // an address without a password is no secret
  const whole = new RegExp(pattern.source, pattern.flags)
  const texts = fc.sample(fc.stringMatching(new RegExp(`^(?:${plain})$`)), { numRuns: 4 * EACH, seed })
  return texts.filter((text) => whole.test(text) && !NO_SECRETS.test(text)).slice(0, EACH)
}

/** The regular expressions in the files of a package that stand after this. */
function literalsIn(name: string, before: RegExp): RegExp[] {
  const folder = dirname(createRequire(import.meta.url).resolve(name))
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'))
  const source = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  const literal = /\/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([gimsu]*)[;,]/
  return [...source.matchAll(new RegExp(before.source + literal.source, 'g'))].map(
    ([, text = '', flags = '']) => new RegExp(text, flags.replace('g', '')),
  )
}
