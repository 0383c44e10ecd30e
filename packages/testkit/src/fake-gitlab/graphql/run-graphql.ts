import { execute, parse, validate } from 'graphql'
import type { FakeResponse } from '../../http/fake-server.ts'
import { demandScope, levelOf, type Session } from '../model/access.ts'
import { findProject, type World } from '../model/world.ts'
import { schema } from './schema.ts'
import { projectView, userView } from './views.ts'

export interface GraphQLRequest {
  query: string
  variables?: Record<string, unknown>
  operationName?: string
}

/** Answers a query; mutations are not modelled. What is hidden is null, as GitLab has it. */
export async function runGraphQL(world: World, session: Session, body: string): Promise<FakeResponse> {
  demandScope(session, false)
  const request = readRequest(body)
  if (request === null) return failed(world, 'The body is no JSON with a query', 400)
  try {
    const document = parse(request.query)
    const [problem] = validate(schema, document)
    if (problem !== undefined) return failed(world, problem.message)
    const answer = await execute({
      schema,
      document,
      rootValue: rootOf(world, session),
      variableValues: request.variables ?? {},
    })
    return { status: 200, body: answer }
  } catch (error) {
    return failed(world, error instanceof Error ? error.message : String(error))
  }
}

/** The name of the operation, for rules and assertions. */
export function operationName(body: string): string[] {
  const query = readRequest(body)?.query ?? ''
  const name = /^\s*(?:query|mutation)\s+(\w+)/.exec(query)?.[1]
  return name === undefined ? [] : [name]
}

function failed(world: World, message: string, status = 200): FakeResponse {
  world.violations.push(`GraphQL: ${message}`)
  return { status, body: { errors: [{ message }] } }
}

function rootOf(world: World, session: Session) {
  return {
    currentUser: session.user === null ? null : userView(session.user),
    project: ({ fullPath }: { fullPath: string }) => {
      const project = findProject(world, fullPath)
      if (project === undefined || /^\d+$/.test(fullPath)) return null
      const open = project.visibility === 'public' || (project.visibility === 'internal' && session.user !== null)
      return open || levelOf(session.user, project) > 0 ? projectView(world, session, project) : null
    },
    users: ({ usernames = [] }: { usernames?: string[] }) => {
      const wanted = new Set(usernames.map((name) => name.toLowerCase()))
      const found = [...world.users.values()].filter(({ username }) => wanted.has(username.toLowerCase()))
      return { nodes: session.user === null ? [] : found.map(userView) }
    },
  }
}

function readRequest(body: string): GraphQLRequest | null {
  try {
    const json: unknown = JSON.parse(body)
    const query = (json as GraphQLRequest | null)?.query
    return typeof query === 'string' ? (json as GraphQLRequest) : null
  } catch {
    return null
  }
}
