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

/** Answers queries, one or a list of them; mutations are not modelled. What is hidden is null, as GitLab has it. */
export async function runGraphQL(world: World, session: Session, body: string): Promise<FakeResponse> {
  demandScope(session, false)
  const requests = readRequests(body)
  if (requests.length === 0)
    return { status: 400, body: { errors: [noted(world, 'The body is no JSON with a query')] } }
  const answers: unknown[] = []
  for (const request of requests) answers.push(await runQuery(world, session, request))
  return { status: 200, body: body.trimStart().startsWith('[') ? answers : answers[0] }
}

async function runQuery(world: World, session: Session, request: GraphQLRequest): Promise<unknown> {
  try {
    const document = parse(request.query)
    const [problem] = validate(schema, document)
    if (problem !== undefined) return { errors: [noted(world, problem.message)] }
    const rootValue = rootOf(world, session)
    return await execute({ schema, document, rootValue, variableValues: request.variables ?? {} })
  } catch (error) {
    return { errors: [noted(world, error instanceof Error ? error.message : String(error))] }
  }
}

/** The names of the operations, for rules and assertions. */
export function operationNames(body: string): string[] {
  return readRequests(body).flatMap(({ query }) => /^\s*(?:query|mutation)\s+(\w+)/.exec(query)?.[1] ?? [])
}

function noted(world: World, message: string): { message: string } {
  world.violations.push(`GraphQL: ${message}`)
  return { message }
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

function readRequests(body: string): GraphQLRequest[] {
  try {
    const json: unknown = JSON.parse(body)
    const list: unknown[] = Array.isArray(json) ? json : [json]
    return list.filter((one): one is GraphQLRequest => typeof (one as GraphQLRequest | null)?.query === 'string')
  } catch {
    return []
  }
}
