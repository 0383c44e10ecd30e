import type { Pullwright } from '@pullwright/core'
import { isPullwrightError } from '@pullwright/core'
import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express'
import type pg from 'pg'
import { createApp, createRevision, createVariant, listDeployed } from './catalogue.ts'
import { deploy } from './deploy.ts'
import { type Session, sessionOf, signIn } from './sessions.ts'

/** The backend's own API. Names in it are always those of the session's project. */
export function api(pool: pg.Pool, pullwright: Pullwright): Router {
  const router = express.Router()
  router.use(express.json())
  router.post('/sessions', async ({ body }, response) => {
    const token = await signIn(pool, text(body, 'email'), text(body, 'password'))
    if (token === null) return void response.status(401).json({ error: 'Address or password is wrong' })
    response.cookie('session', token, { httpOnly: true, sameSite: 'strict' }).status(204).end()
  })
  router.get('/deployed', (request, response) =>
    answer(request, response, 'viewer', ({ project }) => listDeployed(pool, project)),
  )
  router.post('/apps', (request, response) =>
    answer(request, response, 'admin', ({ project }) => createApp(pool, project, text(request.body, 'name'))),
  )
  router.post('/apps/:app/variants', (request, response) =>
    answer(request, response, 'admin', ({ project }) =>
      createVariant(pool, project, request.params.app, text(request.body, 'name')),
    ),
  )
  router.post('/apps/:app/variants/:variant/revisions', (request, response) =>
    answer(request, response, 'admin', ({ project }) => {
      const { app, variant } = request.params
      return createRevision(pool, project, app, variant, config(request.body))
    }),
  )
  router.post('/apps/:app/environments/:environment/deploy', (request, response) =>
    answer(request, response, 'admin', async (session) => {
      const { body, params } = request
      const wanted = { variant: text(body, 'variant'), revision: Number(body.revision), message: text(body, 'message') }
      const id = await deploy(pool, pullwright, session, { ...params, ...wanted })
      return id === null ? null : { deployment: id }
    }),
  )
  router.use(answerError)
  return router
}

async function answer<Params>(
  request: Request<Params>,
  response: Response,
  role: Session['role'],
  work: (session: Session) => Promise<unknown>,
): Promise<void> {
  const session = sessionOf(request)
  if (session === null) return void response.status(401).json({ error: 'Sign in first' })
  if (role === 'admin' && session.role !== 'admin') return void response.status(403).json({ error: 'For admins' })
  const result = await work(session)
  if (result === null) response.status(404).json({ error: 'There is no such thing in this project' })
  else response.status(request.method === 'POST' ? 201 : 200).json(result)
}

type Body = Record<string, unknown> | undefined

function text(body: Body, name: string): string {
  const value = body?.[name]
  if (typeof value === 'string' && value !== '') return value
  throw badRequest(`\`${name}\` must be a text`)
}

function config(body: Body): object {
  const value = body?.config
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw badRequest('`config` must be an object')
}

function badRequest(message: string): Error {
  return Object.assign(new Error(message), { status: 400 })
}

/** What Pullwright refuses is the caller's to mend: it says what to change, path by path. */
const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  if (isPullwrightError(error)) response.status(400).json({ error: error.message, problems: error.problems })
  else if (error.status < 500) response.status(error.status).json({ error: error.message })
  else if (DATA_EXCEPTION.test(error.code)) response.status(400).json({ error: 'A value is none that can be stored' })
  else {
    console.error(error)
    response.status(500).json({ error: 'Internal Server Error' })
  }
}

/** Such as a number out of range, or a text with NUL: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DATA_EXCEPTION = /^22/
