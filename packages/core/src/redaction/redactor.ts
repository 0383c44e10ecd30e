import type { ConfigDiff } from '../config-diff/change.ts'
import { PullwrightError } from '../errors.ts'
import type { Redaction } from '../events/event.ts'
import { createAssignmentFinder } from './assignment.ts'
import { compileDetectors } from './compile-detectors.ts'
import { readingEncoded } from './decoded.ts'
import type { DetectorOptions } from './detector.ts'
import { createEmailFinder } from './email.ts'
import { encodedAssignment } from './encoded-assignment.ts'
import { createHideText } from './hide-text.ts'
import { keyAnchors } from './key-anchors.ts'
import { createKeyPolicy, type KeyOptions, type KeyPolicy } from './key-policy.ts'
import { createKnownValues, type KnownValues } from './known-values.ts'
import { createMask, fingerprint } from './mask.ts'
import { createPathPolicy } from './path-policy.ts'
import type { Person, PseudonymOptions } from './pseudonym.ts'
import { type DiffContext, redactDiff } from './redact-diff.ts'
import { redactUrl } from './redact-url.ts'
import { createScanner } from './scanner.ts'
import { redactValue } from './walk.ts'
import type { WalkParts } from './walk-parts.ts'

export interface RedactorOptions {
  /** Keys whose values are hidden, as globs; a list is added to the defaults. `*_key` fits `apiKey` and `X-API-KEY`. */
  keys?: KeyOptions
  /**
   * Places whose values are hidden, from the root of a value on: `tools.*.headers.authorization`, `messages[0].name`,
   * `**.auth`. `*` is any one key or index, `**` any number of them; keys are matched blind to case and separators.
   */
  paths?: readonly string[]
  /** Secrets known exactly: hidden wherever they stand, also base64-, hex- and URL-encoded. */
  values?: readonly string[]
  /** Shapes of secrets in text; a list is added to the defaults. `false`: texts are searched for `values` alone. */
  detectors?: DetectorOptions
  /** Default `[REDACTED]`. */
  replacement?: string
  /** With it, masks differ where secrets differ, `[REDACTED:ab12]`, so that a reviewer sees that one changed. */
  fingerprintKey?: string | Uint8Array
  /** Names in place of e-mail addresses. Off by default. */
  pseudonymise?: PseudonymOptions | undefined
}

export interface Report {
  /** Where something was hidden, and by which rule; never what. */
  redactions: Redaction[]
  /** Who was given a pseudonym, once each. Personal data: seal it, never log it. */
  people: Person[]
}

/** By path: HMAC-SHA256 in hex of each secret hidden there, in their order. */
export type Fingerprints = Record<string, string[]>

/** Hides secrets. Pure: what is given is never changed, and what is clean comes back as it is. Doing it twice is doing it once. */
export interface Redactor {
  /** Any JSON value, also errors, maps and sets as they come in logs. What contains itself is cut at `[Circular]`. */
  value<T>(value: T): T
  text(text: string): string
  /** `context`: the raw configurations, where at hand, so that `{ name: 'API_KEY', value }` is known by its name. */
  diff(diff: ConfigDiff, context?: DiffContext): ConfigDiff
  url(url: string | URL): string
  valueWithReport<T>(value: T): { value: T } & Report
  /** Tells also of each place which secrets were hidden there, by `key`: they can be compared and not be read. */
  valueWithFingerprints<T>(value: T, key: string | Uint8Array): { value: T; fingerprints: Fingerprints } & Report
  textWithReport(text: string): { text: string } & Report
  diffWithReport(diff: ConfigDiff, context?: DiffContext): { diff: ConfigDiff } & Report
}

/** Everything given is checked here, so that a mistake shows at start and not at the first secret. */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  return redactorKnowing(options, options.values?.length ? createKnownValues(options.values) : null)
}

/** One that may be taught more secrets later, in place of the `values` of its options. */
export function redactorKnowing(options: Omit<RedactorOptions, 'values'>, known: KnownValues | null): Redactor {
  const { people, parts } = assemble(options, known)
  return {
    value: (value) => redactValue(value, parts) as typeof value,
    text: (text) => parts.hide(checkText(text)),
    diff: (diff, context) => redactDiff(diff, parts, context),
    url: (url) => redactUrl(typeof url === 'string' ? url : String(url), parts),
    valueWithReport(value) {
      const { result, redactions, people } = reporting((found) => redactValue(value, parts, found) as typeof value)
      return { value: result, redactions, people }
    },
    valueWithFingerprints(value, key) {
      const prints = new Map<string, string[]>()
      const { result, redactions, people } = reporting(
        (found) =>
          redactValue(value, parts, (redaction, secret) => {
            found(redaction)
            const there = prints.get(redaction.path)
            if (there === undefined) prints.set(redaction.path, [fingerprint(key, secret)])
            else there.push(fingerprint(key, secret))
          }) as typeof value,
      )
      return { value: result, redactions, people, fingerprints: Object.fromEntries(prints) }
    },
    textWithReport(text) {
      const hide = (found: Found) => parts.hide(checkText(text), (detector) => found({ path: '', detector }))
      const { result, redactions, people } = reporting(hide)
      return { text: result, redactions, people }
    },
    diffWithReport(diff, context) {
      const { result, redactions, people } = reporting((found) => redactDiff(diff, parts, context, found))
      return { diff: result, redactions, people }
    },
  }

  // Callers write out what they answer: to spread this costs more than to look at an event.
  function reporting<T>(work: (found: Found) => T): { result: T } & Report {
    // Made when something is found: most values are clean.
    let redactions: Map<string, Redaction> | null = null
    people.met = null
    people.asked = true
    try {
      const result = work((redaction) => {
        redactions ??= new Map()
        redactions.set(`${redaction.detector}\n${redaction.path}`, redaction)
      })
      const met: Map<string, Person> | null = people.met
      return { result, redactions: listOf(redactions), people: listOf(met) }
    } finally {
      people.met = null
      people.asked = false
    }
  }
}

type Found = (redaction: Redaction) => void

function listOf<T>(map: Map<string, T> | null): T[] {
  return map === null ? [] : [...map.values()]
}

/** Whom the finder met, while a report is being written that asks for it. */
interface People {
  asked: boolean
  met: Map<string, Person> | null
}

function assemble(options: RedactorOptions, known: KnownValues | null): { people: People; parts: WalkParts } {
  const people: People = { asked: false, met: null }
  const mask = createMask(options.replacement, options.fingerprintKey)
  const keys = createKeyPolicy(options.keys)
  const { detectors, structures: shapes, patterns } = compileDetectors(options.detectors)
  const assignment = options.detectors === false ? null : createAssignmentFinder(keys)
  const structures = assignment === null ? shapes : [...shapes, encodedAssignment(keys)]
  const email = emailFinder(options.pseudonymise, (person) => {
    if (!people.asked) return
    people.met ??= new Map()
    people.met.set(person.pseudonym, person)
  })
  const values = known === null ? [] : [known.search]
  const anchors = keyAnchors(options.keys)
  const scanned = { detectors, structures, assignment, anchors, email, mask }
  const scan = assignment || email ? readingEncoded(createScanner(scanned)) : null
  const hide = createHideText([...values, ...patterns], scan, mask)
  const keyFacts = rememberKeys(asShown(keys, hide), hide)
  const policy = (key: string) => keyFacts(key).pattern
  return { people, parts: { policy, paths: createPathPolicy(options.paths), mask, hide, keyFacts } }
}

function emailFinder(options: PseudonymOptions | undefined, met: (person: Person) => void) {
  if (options === undefined || options === null || options.emails === false) return null
  if (!options.key?.length) {
    throw new PullwrightError('invalid-argument', 'Pseudonyms need a key: give each project its own, and keep it')
  }
  return createEmailFinder(options, met)
}

/** A key that tells only once a secret in it is masked tells at once, so that doing it twice is doing it once. */
function asShown(policy: KeyPolicy, hide: (text: string) => string): KeyPolicy {
  return (key) => {
    const pattern = policy(key)
    if (pattern !== null) return pattern
    const shown = hide(key)
    return shown === key ? null : policy(shown)
  }
}

const MOST_KEYS = 5_000
const LONGEST_KEY = 128

function rememberKeys(policy: KeyPolicy, hide: (text: string) => string): WalkParts['keyFacts'] {
  const known = new Map<string, ReturnType<WalkParts['keyFacts']>>()
  return (key) => {
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const pattern = policy(key)
    const facts = { pattern, safe: hide(key), tells: pattern !== null || key === 'value' || key === 'Value' }
    if (known.size >= MOST_KEYS) known.clear()
    if (key.length <= LONGEST_KEY) known.set(key, facts)
    return facts
  }
}

function checkText(text: string): string {
  return typeof text === 'string' ? text : String(text)
}
