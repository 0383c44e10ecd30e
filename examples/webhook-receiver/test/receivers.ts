import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** How each of the two is started. */
export const COMMANDS = {
  Node: [
    process.execPath,
    '--conditions=@pullwright/source',
    `--import=${import.meta.resolve('tsx')}`,
    here('../src/main.ts'),
  ],
  Python: ['python3', here('../python/receiver.py')],
} as const

/** Where continuous integration runs, Python has to be there: a test that is skipped proves nothing. */
export function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))'])
    return true
  } catch {
    if (process.env.CI)
      throw new Error('python3, 3.9 or newer, is missing: install it, so that the receiver in Python is tested')
    console.warn('SKIPPED: the receiver in Python is not tested, because python3 (3.9 or newer) is missing')
    return false
  }
}

export interface Receiver {
  /** Of `POST /webhook`. */
  url: string
  /** What it said on standard error. */
  errors(): string
  stop(): Promise<void>
}

/** As a user would start it: a process of its own, told everything by the environment. */
export async function startReceiver(
  kind: keyof typeof COMMANDS,
  environment: Record<string, string>,
): Promise<Receiver> {
  const [command, ...rest] = COMMANDS[kind]
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...environment }
  const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = once(child, 'exit').then(() => '')
  const lines = createInterface(child.stdout)
  const line = await Promise.race([once(lines, 'line').then(([first]) => String(first)), ended])
  const url = /http:\S+/.exec(line)?.[0]
  if (url === undefined) throw new Error(`The receiver did not start: ${errors}`)
  return { url, errors: () => errors, stop: () => stopped(child) }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
