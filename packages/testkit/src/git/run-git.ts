import { spawn } from 'node:child_process'

export interface GitRun {
  input?: string | Uint8Array
  /** Added to the isolated environment. */
  env?: Record<string, string>
  /** Exit codes that are an answer, not a failure. Default: only 0. */
  allow?: readonly number[]
}

export interface GitAnswer {
  code: number
  stdout: Buffer
  stderr: string
}

/**
 * Runs the `git` on the PATH in a repository, without a shell, without anybody's configuration and without prompts.
 * Rejects with git's own words when the exit code is not one of `allow`.
 */
export async function runGit(directory: string, args: readonly string[], run: GitRun = {}): Promise<GitAnswer> {
  const answer = await spawnGit(directory, args, run)
  if ((run.allow ?? [0]).includes(answer.code)) return answer
  throw new Error(`git ${args[0]} ended with ${answer.code}: ${answer.stderr.trim()}`)
}

/** What `git` may see of this process: where programs are, and nothing of the user's own settings. */
export function gitEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    ...(process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot }),
    ...extra,
  }
}

function spawnGit(directory: string, args: readonly string[], run: GitRun): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['-c', 'core.fsync=none', '-c', 'gc.auto=0', '-c', 'maintenance.auto=0', ...args], {
      cwd: directory,
      env: gitEnvironment(run.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.stdin.on('error', () => undefined) // git may end before it has read everything; its exit code tells
    child.on('error', (cause) =>
      reject(new Error('The fake forge needs `git` on the PATH, and could not start it.', { cause })),
    )
    child.on('close', (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') }),
    )
    child.stdin.end(run.input ?? '')
  })
}
