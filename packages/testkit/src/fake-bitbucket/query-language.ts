import { Refusal } from './model/refusal.ts'

type Test = (subject: unknown) => boolean

/**
 * Bitbucket's filter language, as far as it is used here: `=`, `!=`, `~`, `!~`, `<`, `>`, `<=`, `>=`, `AND`, `OR` and
 * brackets. https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 */
export function parseQuery(text: string): Test {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[()]|!=|!~|<=|>=|[=~<>]|[^\s()=~<>!"]+/g) ?? []
  let at = 0
  const either = (): Test => {
    const tests = [both()]
    while (/^or$/i.test(tokens[at] ?? '')) tests.push(next(both))
    return (subject) => tests.some((test) => test(subject))
  }
  const both = (): Test => {
    const tests = [one()]
    while (/^and$/i.test(tokens[at] ?? '')) tests.push(next(one))
    return (subject) => tests.every((test) => test(subject))
  }
  const next = (read: () => Test): Test => {
    at++
    return read()
  }
  const one = (): Test => {
    if (tokens[at] === '(') {
      const inner = next(either)
      if (tokens[at++] !== ')') throw invalid(text)
      return inner
    }
    const [field = '', operator = '', value = ''] = tokens.slice(at, at + 3)
    at += 3
    return comparison(field, operator, literal(value, text), text)
  }
  const whole = either()
  if (at < tokens.length) throw invalid(text)
  return whole
}

function comparison(field: string, operator: string, wanted: unknown, text: string): Test {
  const compare: Record<string, (there: unknown) => boolean> = {
    '=': (there) => there === wanted,
    '!=': (there) => there !== wanted,
    '~': (there) => String(there).toLowerCase().includes(String(wanted).toLowerCase()),
    '!~': (there) => !String(there).toLowerCase().includes(String(wanted).toLowerCase()),
    '<': (there) => String(there) < String(wanted),
    '>': (there) => String(there) > String(wanted),
    '<=': (there) => String(there) <= String(wanted),
    '>=': (there) => String(there) >= String(wanted),
  }
  const test = compare[operator]
  if (test === undefined || !/^[a-z_][\w.]*$/i.test(field)) throw invalid(text)
  return (subject) => test(field.split('.').reduce<unknown>((part, key) => memberOf(part, key), subject) ?? null)
}

function memberOf(part: unknown, key: string): unknown {
  return typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[key] : undefined
}

function literal(token: string, text: string): unknown {
  if (token.startsWith('"')) return token.slice(1, -1).replace(/\\(.)/g, '$1')
  if (/^(true|false|null)$/i.test(token)) return JSON.parse(token.toLowerCase())
  if (/^-?\d+(\.\d+)?$/.test(token)) return Number(token)
  if (/^\d{4}-\d\d-\d\d/.test(token)) return token
  throw invalid(text)
}

function invalid(text: string): Refusal {
  return new Refusal(400, `Invalid query string: ${text}`)
}
