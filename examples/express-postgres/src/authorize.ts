import type { Authorize } from '@pullwright/core'
import { sessionOf } from './sessions.ts'

/** Who may do what in the admin API, by the session that our own middleware found. */
export const authorize: Authorize = (_request, native) => {
  const session = sessionOf(native)
  if (session === null) return null
  const { email: subject, project, role } = session
  return { subject, project, capabilities: role === 'admin' ? ['view', 'manage', 'retry'] : ['view'] }
}
