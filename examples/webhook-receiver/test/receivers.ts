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
  /** Where it listens. */
  url: string
  /** What it said on standard error. */
  errors(): string
  /** The next line that it prints. */
  line(): Promise<string>
  stop(): Promise<void>
}

/** Answers the address of `POST /webhook`. */
export function startReceiver(kind: keyof typeof COMMANDS, environment: Record<string, string>): Promise<Receiver> {
  return startProgram(COMMANDS[kind], environment)
}

/** As a user would start it: a process of its own, told everything by the environment. Its first line names its address. */
export async function startProgram(
  [command = '', ...rest]: readonly string[],
  environment: Record<string, string>,
): Promise<Receiver> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...environment }
  const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const line = async () => String((await lines.next()).value ?? '')
  const url = /http:\S+/.exec(await line())?.[0]
  if (url === undefined) {
    await stopped(child)
    throw new Error(`The receiver did not start: ${errors}`)
  }
  return { url, line, errors: () => errors, stop: () => stopped(child) }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
