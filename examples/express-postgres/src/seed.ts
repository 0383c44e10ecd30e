import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { hashPassword } from './sessions.ts'

export const ADA = { email: 'ada@acme.example', project: 'acme', role: 'admin' }
export const GRACE = { email: 'grace@globex.example', project: 'globex', role: 'viewer' }

/** Two tenants with a person each. Answers the password of both. */
export async function seed(pool: pg.Pool): Promise<string> {
  const password = randomBytes(9).toString('base64url')
  for (const { email, project, role } of [ADA, GRACE]) {
    const { rows } = await pool.query('insert into projects (slug) values ($1) returning id', [project])
    const [{ id }] = rows
    await pool.query(`insert into environments (project_id, name) values ($1, 'staging'), ($1, 'production')`, [id])
    await pool.query('insert into users values ($1, $2, $3, $4)', [email, id, role, hashPassword(password)])
  }
  return password
}
