import type { Pullwright } from '@pullwright/core'
import type pg from 'pg'
import type { Session } from './sessions.ts'

export interface Deploy {
  app: string
  environment: string
  variant: string
  revision: number
  message: string
}

/** Makes a revision the current one of an environment. Answers the deployment's id; null where there is no such thing. */
export async function deploy(pool: pg.Pool, pullwright: Pullwright, session: Session, wanted: Deploy) {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const target = await findTarget(client, session.project, wanted)
    if (target === null) {
      await client.query('rollback')
      return null
    }
    const previous = await findCurrent(client, target)
    const id = await insertDeployment(client, target, session, wanted)
    await pullwright.emitter.emit(
      'environment.deployed',
      {
        app_name: wanted.app,
        variant_name: wanted.variant,
        environment: wanted.environment,
        revision: wanted.revision,
        deployment_id: String(id),
        deployed_by: session.email,
        commit_message: wanted.message,
        config: target.config,
        previous_config: previous?.config ?? null,
        ...(previous === null ? {} : { previous_revision: previous.number }),
      },
      { project: session.project, transaction: client },
    )
    await client.query('commit')
    // The commit was ours: this makes the worker look at once.
    pullwright.nudge()
    return id
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

interface Target {
  app_id: number
  environment_id: number
  revision_id: number
  config: Record<string, unknown>
}

/** Locks the app, so that deployments of it come one after the other. */
async function findTarget(client: pg.PoolClient, project: string, wanted: Deploy): Promise<Target | null> {
  const { rows } = await client.query<Target>(
    `select apps.id as app_id, environments.id as environment_id, revisions.id as revision_id, revisions.config
     from apps
     join projects on projects.id = apps.project_id
     join environments on environments.project_id = projects.id
     join variants on variants.app_id = apps.id
     join revisions on revisions.variant_id = variants.id
     where projects.slug = $1 and apps.name = $2 and environments.name = $3 and variants.name = $4
       and revisions.number = $5
     for update of apps`,
    [project, wanted.app, wanted.environment, wanted.variant, wanted.revision],
  )
  return rows[0] ?? null
}

async function findCurrent(client: pg.PoolClient, { app_id, environment_id }: Target) {
  const { rows } = await client.query<{ number: number; config: Record<string, unknown> }>(
    `select revisions.number, revisions.config
     from deployments join revisions on revisions.id = deployments.revision_id
     where app_id = $1 and environment_id = $2 order by deployments.id desc limit 1`,
    [app_id, environment_id],
  )
  return rows[0] ?? null
}

async function insertDeployment(client: pg.PoolClient, target: Target, session: Session, { message }: Deploy) {
  const { rows } = await client.query<{ id: number }>(
    `insert into deployments (app_id, environment_id, revision_id, message, deployed_by)
     values ($1, $2, $3, $4, $5) returning id`,
    [target.app_id, target.environment_id, target.revision_id, message, session.email],
  )
  return rows[0]?.id ?? null
}
