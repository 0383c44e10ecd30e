export type { PgClient, PgPool, PgQuery, PgResult } from './driver.ts'
export type { PoolSource } from './pool.ts'
export type { PostgresOptions } from './postgres.ts'
export { postgres } from './postgres.ts'
