import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { Pullwright } from '@pullwright/core'

/** Everything Pullwright keeps, as text: events, tasks and their attempts, deployments, the audit log. */
export async function storeText(pullwright: Pullwright): Promise<string> {
  const limit = 1_000
  const tasks = await pullwright.tasks.list({ project: '*', limit })
  const all = {
    events: await pullwright.events.list({ project: '*', limit }),
    tasks: await Promise.all(tasks.map(({ id }) => pullwright.tasks.get(id))),
    deployments: await pullwright.deployments.list({ project: '*', limit }),
    audit: await pullwright.audit.list({ project: 'default' }),
  }
  return JSON.stringify(all)
}

/** The bytes of the database and of the log it writes ahead. */
export function databaseText(file: string): string {
  return [file, `${file}-wal`].map((name) => (existsSync(name) ? readFileSync(name, 'latin1') : '')).join('')
}

/** Every object of a git repository: all that was ever committed, on whatever branch. */
export function gitText(directory: string): string {
  const options = { cwd: directory, maxBuffer: 1024 * 1024 * 1024 }
  return execFileSync('git', ['cat-file', '--batch-all-objects', '--batch', '--unordered'], options).toString('latin1')
}

/** The commits of a branch with what each changed, oldest first. */
export function gitLog(directory: string, range: string): string {
  const format = '--format=commit %h  %s%n%n%w(0,4,4)%b'
  return execFileSync('git', ['log', '-p', '--reverse', '--no-color', format, range], { cwd: directory }).toString(
    'utf8',
  )
}

/** The text itself, and as base64 or percent-encoded. */
export function holds(text: string, secret: string): boolean {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '')
  return [secret, base64, encodeURIComponent(secret)].some((form) => text.includes(form))
}
