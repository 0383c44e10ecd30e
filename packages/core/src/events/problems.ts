import type { z } from 'zod'
import type { Problem } from '../errors.ts'

/** Every problem zod found, by dotted path below `prefix`. */
export function problemsOf(error: z.ZodError, prefix: string): Problem[] {
  return error.issues.map((issue) => ({ path: joinPath(prefix, issue.path), message: issue.message }))
}

/** One line for a message: `data.app_name: …; data.revision: …`. At most ten, then a count. */
export function formatProblems(problems: readonly Problem[]): string {
  const shown = problems.slice(0, 10).map(({ path, message }) => (path ? `${path}: ${message}` : message))
  const rest = problems.length - shown.length
  return shown.join('; ') + (rest > 0 ? `; and ${rest} more` : '')
}

/** `data` + `['messages', 0, 'role']` is `data.messages[0].role`; keys that are no identifiers stand as `["a.b"]`. */
export function joinPath(prefix: string, path: readonly PropertyKey[]): string {
  let text = prefix
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_$][\w$-]*$/.test(String(part))) text += text === '' ? String(part) : `.${String(part)}`
    else text += `[${JSON.stringify(String(part))}]`
  }
  return text
}
