import type { HostTransaction } from '@pullwright/core'

/** `prisma.$transaction(async (tx) => …)` hands in one. */
export interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...values: unknown[]): Promise<unknown>
}

export function fromPrisma(tx: PrismaTransaction): HostTransaction {
  return {
    query: async (text, values = []) => ({ rows: rowsIn(await tx.$queryRawUnsafe(text, ...values)) }),
  }
}

/** `db.transaction(async (tx) => …)` of Drizzle on `pg` hands in one. */
export interface DrizzleTransaction<Query> {
  execute(query: Query): Promise<{ rows: unknown[] }>
}

/** What is needed of Drizzle's `sql`. */
export interface DrizzleSql<Chunk, Query> {
  raw(text: string): Chunk
  param(value: unknown): Chunk
  join(chunks: Chunk[]): Query
}

export function fromDrizzle<Chunk, Query>(
  tx: DrizzleTransaction<Query>,
  sql: DrizzleSql<Chunk, Query>,
): HostTransaction {
  return {
    async query(text, values = []) {
      // Every second part is the number of a parameter.
      const parts = text.split(/\$(\d+)/)
      const chunks = parts.map((part, index) => (index % 2 === 0 ? sql.raw(part) : sql.param(values[Number(part) - 1])))
      return { rows: (await tx.execute(sql.join(chunks))).rows }
    },
  }
}

/** Kysely's transaction runs a query that is compiled already. `CompiledQuery.raw` makes one. */
export interface KyselyTransaction<Compiled> {
  executeQuery(query: Compiled): Promise<{ rows: unknown[] }>
}

export function fromKysely<Compiled>(
  trx: KyselyTransaction<Compiled>,
  raw: (text: string, values: unknown[]) => Compiled,
): HostTransaction {
  return { query: (text, values = []) => trx.executeQuery(raw(text, values)) }
}

function rowsIn(answer: unknown): unknown[] {
  return Array.isArray(answer) ? answer : []
}
