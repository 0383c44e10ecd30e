import express from 'express'
import { countingPool } from '../delivery/postgres-server.ts'
import { CONNECTIONS, type OpenContender } from './contender.ts'

/** What people write first: no signature, no receipt, one row. A statement by itself is its own transaction. */
export const openBare: OpenContender = async () => {
  const { pool } = countingPool(CONNECTIONS)
  await pool.query('create table bare (id bigint generated always as identity primary key, data text not null)')
  const app = express()
  app.use(express.json())
  app.post('/hooks', async ({ body }, response) => {
    const values = [JSON.stringify(body)]
    await pool.query({ name: 'bare', text: 'insert into bare (data) values ($1)', values })
    response.status(202).json({ status: 'recorded' })
  })
  return { app, path: '/hooks' }
}
