import { PullwrightError } from '../errors.ts'

/** Names a value inside a configuration: strings are keys of objects, numbers are indexes of arrays. Empty: the whole. */
export type Path = (string | number)[]

/** ASCII only: look-alike letters and invisible characters are quoted, where a reader sees them escaped. */
const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/
/** Quoted, so that no receiver of a diff can be made to write to a prototype through a plain dotted key. */
const PROTOTYPE = '__proto__'

/**
 * A path as text: `messages[0].content`. A key that is no identifier is quoted as JSON in brackets, `headers["x-a.b"]`,
 * so no two paths share a text. The whole configuration, the empty path, is the empty text.
 */
export function formatPath(path: readonly (string | number)[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (part === PROTOTYPE || !IDENTIFIER.test(part)) text += `[${JSON.stringify(part)}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}

const TOKEN = /(\.?)([A-Za-z_$][A-Za-z0-9_$]*)|\[(0|[1-9]\d*)\]|\[("(?:[^"\\]|\\.)*")\]/y

/** The inverse of `formatPath`. Throws `invalid-argument` for a text that no path has. */
export function parsePath(text: string): Path {
  // Most paths are one key, and there may be very many of them.
  if (IDENTIFIER.test(text)) return [text]
  const path: Path = []
  for (let start = 0; start < text.length; start = TOKEN.lastIndex) {
    TOKEN.lastIndex = start
    const [, dot, name, index, quoted] = TOKEN.exec(text) ?? []
    if (index !== undefined) path.push(Number(index))
    else if (quoted !== undefined) path.push(unquote(quoted, text, start))
    else if (name !== undefined && (dot === '.') === start > 0) path.push(name)
    else throw malformed(text, start)
  }
  return path
}

function unquote(quoted: string, text: string, start: number): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw malformed(text, start)
  }
}

function malformed(text: string, start: number): PullwrightError {
  const shown = JSON.stringify(text.slice(0, 80))
  return new PullwrightError(
    'invalid-argument',
    `Not a path, from character ${start} of ${shown}: write it like messages[0].content or headers["x-a.b"].`,
  )
}
