import { spawn } from 'node:child_process'
import { gitEnvironment } from './run-git.ts'

export interface GitObject {
  oid: string
  type: 'commit' | 'tree' | 'blob' | 'tag'
  data: Buffer
}

export interface ObjectReader {
  /** The object that an expression such as `refs/heads/main:docs/a.md` names, or null. */
  read(expression: string): Promise<GitObject | null>
  close(): Promise<void>
}

interface Waiting {
  resolve(object: GitObject | null): void
  reject(error: Error): void
}

const HEADER = /^([0-9a-f]{40}) (commit|tree|blob|tag) (\d+)$/

/**
 * One `git cat-file --batch` for the life of a repository: a read costs a round trip over a pipe, not a process.
 * It is started at the first read, and sees refs and objects that others write meanwhile.
 */
export function objectReader(directory: string): ObjectReader {
  const waiting: Waiting[] = []
  let child: ReturnType<typeof start> | null = null
  let closed = false

  const fail = (error: Error) => {
    child = null
    for (const one of waiting.splice(0)) one.reject(error)
  }
  const running = () => {
    child ??= start(directory, (object) => waiting.shift()?.resolve(object), fail)
    return child
  }

  return {
    read(expression) {
      if (closed) return Promise.reject(new Error('The repository was closed.'))
      if (expression === '' || /[\n\0]/.test(expression)) return Promise.resolve(null)
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        running().stdin.write(`${expression}\n`)
      })
    },
    async close() {
      closed = true
      const last = child
      if (last === null || last.exitCode !== null) return
      const ended = new Promise((resolve) => last.once('close', resolve))
      last.stdin.end()
      await ended
    },
  }
}

function start(directory: string, answer: (object: GitObject | null) => void, fail: (error: Error) => void) {
  const child = spawn('git', ['cat-file', '--batch'], {
    cwd: directory,
    env: gitEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  })
  const parse = batchParser(answer)
  child.stdout.on('data', parse)
  child.stdin.on('error', () => undefined)
  child.on('error', (cause) =>
    fail(new Error('The fake forge needs `git` on the PATH, and could not start it.', { cause })),
  )
  child.on('close', () => fail(new Error('git cat-file ended.')))
  return child
}

/** Reads `<oid> <type> <size>\n<data>\n` and `<name> missing\n`, in whatever pieces they arrive. */
function batchParser(answer: (object: GitObject | null) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0)
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    for (;;) {
      const end = pending.indexOf(10)
      if (end < 0) return
      const header = HEADER.exec(pending.toString('utf8', 0, end))
      const size = header === null ? 0 : Number(header[3]) + 1
      if (pending.length < end + 1 + size) return
      const data = Buffer.from(pending.subarray(end + 1, end + Math.max(size, 1)))
      pending = pending.subarray(end + 1 + size)
      answer(header === null ? null : { oid: header[1] ?? '', type: header[2] as GitObject['type'], data })
    }
  }
}
