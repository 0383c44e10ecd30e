import type pg from 'pg'

/** Rows of one statement: enough to be quick, few enough for its transaction to end soon. */
const STEP = 250_000

/** Adds settled deliveries, each with its event and an attempt, until there are so many. */
export async function growHistory(pool: pg.Pool, size: number): Promise<void> {
  const { rows } = await pool.query('select count(*) as count from pullwright.outcomes')
  const { rows: numbers } = await pool.query(`select nextval('pullwright.event_numbers') as next`)
  let [have, next] = [Number(rows[0]?.count), Number(numbers[0]?.next)]
  while (have < size) {
    const step = Math.min(STEP, size - have)
    const range = [next, next + step - 1]
    for (const statement of STATEMENTS) await pool.query(statement, range)
    have += step
    next += step
    await pool.query(`select setval('pullwright.event_numbers', $1)`, [next])
  }
  await pool.query('vacuum analyze')
}

const DAY_AGO = `(extract(epoch from now()) * 1000 - 86400000)`

const STATEMENTS = [
  `insert into pullwright.events (sequence, id, type, project, occurred_at, recorded_at, source, data, attributes, labels,
    redactions, kept, root_id, ord, people)
  select n, 'evt_h' || n, 'bench.noted', 'default', ${DAY_AGO}, ${DAY_AGO}, 'host', '{}', '{}', '{}', '[]', '{}',
    'evt_h' || n, n, '{}' from generate_series($1::bigint, $2::bigint) n`,
  `insert into pullwright.tasks (sequence, id, project, kind, target, ordered, supersede, ord, body)
  select n * 65536, 'dlv_h' || n, 'default', 'endpoint', 'ep_bench', false, false, n, '{}'
    from generate_series($1::bigint, $2::bigint) n`,
  `insert into pullwright.outcomes (sequence, status, line, due_at, attempts, tries, result, settled_at)
  select n * 65536, 'done', 'fueep_bench', ${DAY_AGO}, 1, 1, 'null', ${DAY_AGO}
    from generate_series($1::bigint, $2::bigint) n`,
  `insert into pullwright.attempts (sequence, number, started_at, ended_at, outcome, details)
  select n * 65536, 1, ${DAY_AGO}, ${DAY_AGO}, 'done', 'null' from generate_series($1::bigint, $2::bigint) n`,
]
