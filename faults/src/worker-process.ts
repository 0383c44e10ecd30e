import { fork } from 'node:child_process'
import type { Chain, FromWorker, ToWorker, WorkerOptions } from './worker-protocol.ts'

export interface Recorded {
  key: string
  eventId: string
  duplicate: boolean
}

export interface WorkerProcess {
  readonly pid: number
  /** Resolves when it has migrated and started, or has died before that. */
  readonly ready: Promise<void>
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly alive: boolean
  /** The most it took, in bytes, as it last told; it does at its end. */
  readonly memory: number
  /** Resolves when the chain is through, failed, or will never end: false for the last two. */
  emit(chain: Chain): Promise<boolean>
  setClock(offset: number): void
  /** -9. */
  kill(): void
  stop(): Promise<void>
}

/** `script` is what `buildWorker` made; `recorded` is called for each event as soon as the worker has told of it. */
export function startWorker(script: string, options: WorkerOptions, recorded: (one: Recorded) => void): WorkerProcess {
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
  const child = fork(script, [JSON.stringify(options)], { execArgv: [], stdio: [...stdio] })
  const chains = new Map<number, (through: boolean) => void>()
  let alive = true
  let memory = 0
  let setReady = () => {}
  const ready = new Promise<void>((resolve) => {
    setReady = resolve
  })
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('exit', (code, signal) => {
      alive = false
      setReady()
      for (const end of chains.values()) end(false)
      resolve({ code, signal })
    })
  })
  child.on('error', () => {})
  child.on('message', (message: FromWorker) => {
    if ('ready' in message) setReady()
    else if ('recorded' in message) recorded(message.recorded)
    else if ('memory' in message) memory = message.memory
    else chains.get(message.chain)?.(message.error === null)
  })
  const send = (message: ToWorker) => {
    if (alive && child.connected) child.send(message, () => {})
  }

  return {
    pid: child.pid ?? 0,
    ready,
    exited,
    get alive() {
      return alive
    },
    get memory() {
      return memory
    },
    emit: (chain) =>
      new Promise((resolve) => {
        if (!alive) return resolve(false)
        chains.set(chain.id, (through) => {
          chains.delete(chain.id)
          resolve(through)
        })
        send({ emit: chain })
      }),
    setClock: (clockOffset) => send({ clockOffset }),
    kill: () => child.kill('SIGKILL'),
    async stop() {
      send({ stop: true })
      await exited
    },
  }
}
