import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import type pg from 'pg'

export interface Session {
  email: string
  project: string
  role: 'admin' | 'viewer'
}

/** Reads the cookie and puts the session on the request. Runs before everything that asks `sessionOf`. */
export function withSession(pool: pg.Pool): RequestHandler {
  return async (request, _response, next) => {
    Object.assign(request, { session: await findSession(pool, tokenOf(request)) })
    next()
  }
}

/** The session of one of Express's requests; null where nobody is signed in. */
export function sessionOf(request: unknown): Session | null {
  return (request as { session?: Session | null }).session ?? null
}

/** Answers the token for the cookie, or null where address and password do not fit. */
export async function signIn(pool: pg.Pool, email: string, password: string): Promise<string | null> {
  const { rows } = await pool.query<{ password_hash: string }>('select password_hash from users where email = $1', [
    email,
  ])
  const hash = rows[0]?.password_hash
  if (hash === undefined || !fits(password, hash)) return null
  const token = randomBytes(32).toString('base64url')
  await pool.query(`insert into sessions values ($1, $2, now() + interval '12 hours')`, [digest(token), email])
  return token
}

export function hashPassword(password: string, salt = randomBytes(16).toString('hex')): string {
  return `${salt}:${scryptSync(password, salt, 32).toString('hex')}`
}

async function findSession(pool: pg.Pool, token: string | null): Promise<Session | null> {
  if (token === null) return null
  const { rows } = await pool.query<Session>(
    `select users.email, users.role, projects.slug as project
     from sessions join users using (email) join projects on projects.id = users.project_id
     where token_hash = $1 and expires_at > now()`,
    [digest(token)],
  )
  return rows[0] ?? null
}

function fits(password: string, hash: string): boolean {
  const expected = hashPassword(password, hash.split(':')[0])
  return timingSafeEqual(Buffer.from(expected), Buffer.from(hash))
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function tokenOf(request: Request): string | null {
  return /(?:^|;\s*)session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? null
}
