import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface WorkerJob {
  url: string
  schema: string
  job: 'migrate' | 'drain' | 'drain-keys'
}

/** Runs the job in so many processes at once; answers what each had to say. */
export async function runWorkers(count: number, job: WorkerJob): Promise<string[][]> {
  return Promise.all(Array.from({ length: count }, () => runWorker(job)))
}

function runWorker(job: WorkerJob): Promise<string[]> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [JSON.stringify(job)], {
    execArgv: ['--import', 'tsx', '--conditions=@pullwright/source'],
  })
  return new Promise((resolve, reject) => {
    let answer: string[] | null = null
    child.on('message', (message) => {
      answer = message as string[]
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0 && answer !== null) resolve(answer)
      else reject(new Error(`a worker ended with ${code}`))
    })
  })
}
