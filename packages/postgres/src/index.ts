/**
 * PostgreSQL for Pullwright: the store for any number of processes, with a transactional outbox.
 *
 * @module @pullwright/postgres
 */
export type { PgClient, PgPool, PgQuery, PgResult } from './driver.ts'
export type { PoolSource } from './pool.ts'
export type { PostgresOptions } from './postgres.ts'
export { postgres } from './postgres.ts'
