import type { Contender } from './contender.ts'
import { deployment } from './deployment.ts'
import { openRelay } from './relay.ts'

export interface Forge {
  name: string
  /** Besides branch, commit and pull request. */
  asked: string
  contenders: readonly Contender[]
  open(): Promise<OpenForge>
}

interface OpenForge {
  url: string
  token: string
  requests: readonly { method: string; status: number | null }[]
  violations: readonly string[]
  look(): Promise<{ title: string; labels: readonly string[] }[]>
  close(): Promise<void>
}

export interface Spent {
  requests: number
  bytes: number
}

export interface Row {
  name: string
  note?: string
  create: Spent
  update: Spent
  nothing: Spent
}

/** A first deployment, a second one, and the second once more; each contender has a forge of its own. */
export async function measure({ open }: Forge, { name, note, connect }: Contender): Promise<Row> {
  const forge = await open()
  const relay = await openRelay(forge.url)
  const contender = connect(relay.url, forge.token)
  const spend = async (revision: number): Promise<Spent> => {
    const before = { requests: forge.requests.length, bytes: relay.bytes() }
    await contender.publish(deployment(revision))
    return { requests: forge.requests.length - before.requests, bytes: relay.bytes() - before.bytes }
  }
  try {
    const row = { create: await spend(15), update: await spend(16), nothing: await spend(16) }
    const all = await forge.look()
    if (all.length !== 1) throw new Error(`${name} left ${all.length} pull requests behind`)
    if (forge.violations.length > 0) throw new Error(forge.violations.join('\n'))
    return { name, ...(note === undefined ? {} : { note }), ...row }
  } finally {
    await contender.close?.()
    await relay.close()
    await forge.close()
  }
}
