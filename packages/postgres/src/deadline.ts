import { PullwrightError } from '@pullwright/core'

/** What is awaited, or an error of the store once that takes too long: a dead connection may stay silent for hours. */
export function within<T>(milliseconds: number, awaited: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(silence(milliseconds)), milliseconds)
    awaited.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

function silence(milliseconds: number): PullwrightError {
  return new PullwrightError(
    'store',
    `PostgreSQL did not answer within ${milliseconds} ms: the connection is given up, the next call takes another. ` +
      'Where statements take that long, raise `timeoutMs`',
  )
}
