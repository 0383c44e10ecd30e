import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { VcsError, type VcsErrorCode } from '@pullwright/core'

export interface GitCall {
  input?: string | Uint8Array
  env?: Record<string, string>
  signal?: AbortSignal | undefined
}

/** Runs git in one folder. Answers what it printed, as bytes; throws a `VcsError` that says what git said. */
export async function runGit(cwd: string, args: readonly string[], call: GitCall = {}): Promise<Buffer> {
  const { input, env = {}, signal } = call
  signal?.throwIfAborted()
  const child = spawn('git', args, { cwd, env: { ...process.env, ...QUIET, ...env }, ...(signal ? { signal } : {}) })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  // Git may end before it has read all: what it says of it matters, not the broken pipe.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  if (code === 0) return Buffer.concat(out)
  throw gitError(args, Buffer.concat(err).toString('utf8'))
}

/** Never asks anything, and speaks English. */
const QUIET = {
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
}

/** Git's own sentences, as git 2.38 and later have them. */
const SENTENCES: readonly { words: RegExp; code: VcsErrorCode }[] = [
  {
    words: /stale info|cannot lock ref|fetch first|non-fast-forward|atomic push failed|failed to update ref/i,
    code: 'conflict',
  },
  { words: /hook declined|protected/i, code: 'policy' },
  { words: /Permission denied \(|Authentication failed/i, code: 'auth' },
  { words: /Permission denied|insufficient permission|read-only/i, code: 'permission' },
  {
    words: /does not appear to be a git repository|not found|does not exist|unknown revision|Not a valid object/i,
    code: 'not-found',
  },
  { words: /Could not resolve|Connection|timed out|early EOF/i, code: 'unavailable' },
]

function gitError([command]: readonly string[], said: string): VcsError {
  const code = SENTENCES.find(({ words }) => words.test(said))?.code ?? 'unavailable'
  // A URL may carry a password.
  const harmless = said
    .replace(/\/\/[^/@\s]*@/g, '//***@')
    .trim()
    .slice(0, 500)
  const missing = code === 'permission' ? ['push'] : []
  return new VcsError(code, `git ${command} failed. Git says: ${harmless}`, { missing })
}
