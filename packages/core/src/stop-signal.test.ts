import { expect, it } from 'vitest'
import { createStop } from './stop-signal.ts'

it('calls each listener once, none that was taken back, and keeps the first reason', () => {
  const heard: string[] = []
  const stop = createStop()
  const gone = () => heard.push('gone')
  stop.signal.addEventListener('abort', () => heard.push('first'))
  stop.signal.addEventListener('abort', gone)
  stop.signal.addEventListener('abort', () => heard.push(`second, ${stop.signal.aborted}`))
  stop.signal.removeEventListener('abort', gone)
  expect([stop.signal.aborted, stop.signal.reason]).toEqual([false, undefined])
  stop.abort('over')
  stop.abort('again')
  expect(heard).toEqual(['first', 'second, true'])
  expect([stop.signal.aborted, stop.signal.reason]).toEqual([true, 'over'])
})
