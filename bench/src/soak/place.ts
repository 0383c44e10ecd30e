import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres, type StorePlace } from '@pullwright/faults'
import pg from 'pg'

/** A store of its own, with nothing left of it in the end. */
export async function openPlace(kind: StorePlace['kind']): Promise<{ place: StorePlace; remove(): Promise<void> }> {
  if (kind === 'sqlite') {
    const folder = await mkdtemp(join(tmpdir(), 'pullwright-soak-'))
    const remove = () => rm(folder, { recursive: true, force: true })
    return { place: { kind, file: join(folder, 'soak.db') }, remove }
  }
  const server = await openPostgres()
  const schema = `pw_soak_${Date.now().toString(36)}`
  return {
    place: { kind, url: server.url, schema },
    async remove() {
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      await client.query(`drop schema if exists ${schema} cascade`)
      await client.end()
      await server.stop()
    },
  }
}
