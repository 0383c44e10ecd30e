import type pg from 'pg'

/** What can be deployed. Each answers null where the name it builds on is not the project's. */
export async function createApp(pool: pg.Pool, project: string, name: string) {
  return one(
    pool,
    `insert into apps (project_id, name) select id, $2 from projects where slug = $1
     on conflict (project_id, name) do update set name = excluded.name returning name`,
    [project, name],
  )
}

export async function createVariant(pool: pg.Pool, project: string, app: string, name: string) {
  return one(
    pool,
    `insert into variants (app_id, name)
     select apps.id, $3 from apps join projects on projects.id = apps.project_id
     where projects.slug = $1 and apps.name = $2
     on conflict (app_id, name) do update set name = excluded.name returning name`,
    [project, app, name],
  )
}

/** Whoever comes second waits for the row of the variant, and gets the next number. */
export async function createRevision(pool: pg.Pool, project: string, app: string, variant: string, config: object) {
  return one(
    pool,
    `with counted as (
       update variants set last_revision = last_revision + 1
       from apps join projects on projects.id = apps.project_id
       where variants.app_id = apps.id and projects.slug = $1 and apps.name = $2 and variants.name = $3
       returning variants.id, last_revision
     )
     insert into revisions (variant_id, number, config) select id, last_revision, $4 from counted returning number`,
    [project, app, variant, JSON.stringify(config)],
  )
}

/** What runs where. */
export async function listDeployed(pool: pg.Pool, project: string) {
  const { rows } = await pool.query(
    `select distinct on (apps.id, environments.id)
       apps.name as app, environments.name as environment, variants.name as variant, revisions.number as revision,
       deployed_by, deployed_at
     from deployments
     join apps on apps.id = deployments.app_id join projects on projects.id = apps.project_id
     join environments on environments.id = deployments.environment_id
     join revisions on revisions.id = deployments.revision_id join variants on variants.id = revisions.variant_id
     where projects.slug = $1
     order by apps.id, environments.id, deployments.id desc`,
    [project],
  )
  return rows
}

async function one(pool: pg.Pool, sql: string, values: unknown[]): Promise<unknown> {
  return (await pool.query(sql, values)).rows[0] ?? null
}
