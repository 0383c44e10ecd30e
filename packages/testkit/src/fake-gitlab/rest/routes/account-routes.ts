import { levelOf } from '../../model/access.ts'
import { ACCESS_LEVEL, type User } from '../../model/entities.ts'
import { notFound, unauthorized } from '../../model/refusal.ts'
import { isoTime } from '../../model/world.ts'
import { projectBody } from '../bodies.ts'
import { ok, paged, projectOf, type Routes, reads } from '../call.ts'
import { userBody } from '../user-body.ts'

export const accountRoutes: Routes = {
  'GET /version': (call) => {
    reads(call, ['read_user'])
    if (call.session.user === null) throw unauthorized()
    return ok({ version: '18.5.0-ee', revision: 'fake' })
  },
  'GET /user': (call) => {
    reads(call, ['read_user'])
    const { user } = call.session
    if (user === null) throw unauthorized()
    return ok({ ...userBody(call.world, user), email: user.email, commit_email: user.email, bot: user.bot })
  },
  'GET /users': (call) => {
    reads(call, ['read_user'])
    const wanted = call.query.get('username')?.toLowerCase()
    const search = call.query.get('search')?.toLowerCase()
    const found = [...call.world.users.values()].filter(
      ({ username, name }) =>
        (wanted === undefined || username.toLowerCase() === wanted) &&
        (search === undefined || `${username} ${name}`.toLowerCase().includes(search)),
    )
    return paged(call, found, (user) => userBody(call.world, user), idOf)
  },
  'GET /personal_access_tokens/self': (call) => {
    const { token } = call.session
    if (token === null) throw unauthorized()
    if (token.kind !== 'personal') throw unauthorized()
    return ok({
      id: token.id,
      name: 'test',
      revoked: token.revoked,
      scopes: token.scopes,
      user_id: token.user.id,
      active: true,
      expires_at: token.expiresAt === null ? null : isoTime(token.expiresAt).slice(0, 10),
    })
  },
  'GET /projects/:id': (call) => {
    reads(call)
    return ok(projectBody(call.world, call.session, projectOf(call)))
  },
  'GET /projects/:id/members/all/:user_id': (call) => {
    reads(call)
    const project = projectOf(call)
    const user = [...call.world.users.values()].find(({ id }) => id === Number(call.params.user_id))
    const level = levelOf(user ?? null, project)
    if (user === undefined || level === ACCESS_LEVEL.none) throw notFound('Member')
    return ok({ ...userBody(call.world, user), access_level: level, membership_state: 'active' })
  },
  'GET /projects/:id/protected_branches': (call) => {
    reads(call)
    return paged(call, projectOf(call).protectedBranches, (rule) => ({
      name: rule.name,
      push_access_levels: [{ access_level: ACCESS_LEVEL[rule.push] }],
      merge_access_levels: [{ access_level: ACCESS_LEVEL[rule.merge] }],
      allow_force_push: false,
    }))
  },
}

function idOf({ id }: User): number {
  return id
}
