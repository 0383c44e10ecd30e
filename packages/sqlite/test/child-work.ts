import type { Recording } from '@pullwright/core'
import { NOW, newEvent, newTask } from './sample.ts'

export type Command = 'migrate' | 'claim' | 'write'

export type Progress = { ready: true } | { recorded: string } | { settled: string[] }

export interface Claims {
  ids: string[]
}

/** Three events with four tasks, and a document that counts recordings where a version is given. */
export function recordingOf(name: string, version: number | null): Recording {
  const events = [
    newEvent(`a-${name}`, { tasks: [newTask(`tsk_a-${name}`, { concurrencyKey: 'k' })], people: ['p'] }),
    newEvent(`b-${name}`, { tasks: [newTask(`tsk_b-${name}`), newTask(`tsk_c-${name}`)], attributes: { name } }),
    newEvent(`c-${name}`, { tasks: [newTask(`tsk_d-${name}`, { concurrencyKey: 'o', ordered: true })] }),
  ]
  if (version === null) return { events }
  const write = {
    project: 'acme',
    collection: 'count',
    key: 'recordings',
    value: name,
    expectedVersion: version,
    at: NOW,
  }
  return { events, documents: [write] }
}
