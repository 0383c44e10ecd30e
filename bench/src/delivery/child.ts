import { type ChildProcess, fork } from 'node:child_process'
import type { Round, RoundResult } from './contender.ts'

export interface Sink {
  url: string
  /** What came since the last time. */
  take(): Promise<{ requests: number; distinct: number; unsigned: number }>
  close(): void
}

export async function startSink(program: string): Promise<Sink> {
  const child = start(program)
  const { port } = await message<{ port: number }>(child)
  return {
    url: `http://127.0.0.1:${port}/hook`,
    take() {
      const answer = message<{ requests: number; distinct: number; unsigned: number }>(child)
      child.send('take')
      return answer
    },
    close: () => child.disconnect(),
  }
}

export function runRound(program: string, round: Round): Promise<RoundResult> {
  return ask(program, round)
}

/** Starts a program, gives it one request, and answers what it says. */
export function ask<Request extends object, Result>(
  program: string,
  request: Request,
  options: readonly string[] = [],
): Promise<Result> {
  const child = start(program, options)
  const result = message<Result>(child)
  child.send(request)
  return result
}

/** Without what this process was started with: what is built needs no loader. */
export function start(program: string, options: readonly string[] = []): ChildProcess {
  const execArgv = [...options, ...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [])]
  return fork(program, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

/** The next thing it says. */
export function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (code: number | null) => reject(new Error(`A process of the benchmark ended with ${code}`))
    child.once('exit', fail)
    child.once('message', (value) => {
      child.off('exit', fail)
      resolve(value as T)
    })
  })
}
