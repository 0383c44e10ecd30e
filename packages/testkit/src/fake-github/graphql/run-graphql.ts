import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql'
import type { FailRule } from '../../http/fail-rules.ts'
import type { Session } from '../model/access.ts'
import { Refusal } from '../model/refusal.ts'
import type { Graph, GraphContext } from './context.ts'
import { githubError, InjectedError, validationError } from './github-errors.ts'
import type { Mutation } from './payload.ts'
import { mutations, queries } from './root.ts'

export interface GraphQLRequest {
  query: string
  variables?: Record<string, unknown> | null
  operationName?: string | null
}

/** A parsed request, for the log and for fault rules. */
export interface GraphQLOutline {
  document: DocumentNode | null
  type: 'query' | 'mutation' | 'subscription' | null
  name: string | null
  rootFields: string[]
}

export interface GraphQLAnswer {
  data?: unknown
  errors?: unknown[]
}

/** What the request is about; `document: null` when it cannot be parsed. */
export function outline(request: GraphQLRequest): GraphQLOutline {
  try {
    const document = parse(request.query)
    const operations = document.definitions.filter(
      (one): one is OperationDefinitionNode => one.kind === 'OperationDefinition',
    )
    const operation = operations.find((one) => one.name?.value === request.operationName) ?? operations[0]
    const fields = operation?.selectionSet.selections ?? []
    return {
      document,
      type: operation?.operation ?? null,
      name: operation?.name?.value ?? null,
      rootFields: fields.flatMap((field) => (field.kind === 'Field' ? [field.name.value] : [])),
    }
  } catch {
    return { document: null, type: null, name: null, rootFields: [] }
  }
}

/**
 * Validates against the schema and executes, as GitHub does: root mutations one after the other, a failed one gives
 * null and an error while the later ones still run. Whatever the schema or the fake does not know becomes a violation.
 */
export async function runGraphQL(
  schema: GraphQLSchema,
  graph: Graph,
  session: Session,
  request: GraphQLRequest,
  rule: FailRule<never> | null,
): Promise<GraphQLAnswer> {
  const { document } = outline(request)
  if (document === null) return refuse(graph, [parseProblem(request.query)])
  const problems = validate(schema, document)
  if (problems.length > 0) return refuse(graph, problems.map(validationError))
  const context: GraphContext = { graph, session, extraErrors: [] }
  const result = (await execute({
    schema,
    document,
    rootValue: {},
    contextValue: context,
    variableValues: request.variables ?? {},
    operationName: request.operationName ?? null,
    fieldResolver: (source, args, _context, info) => resolveField(source, args, context, info, rule),
  })) as ExecutionResult
  const errors = [...(result.errors ?? []), ...context.extraErrors]
  if (result.data === undefined) return refuse(graph, errors.map(validationError))
  for (const error of errors) noteUnexpected(graph, error)
  return { data: result.data, ...(errors.length === 0 ? {} : { errors: errors.map(githubError) }) }
}

function refuse(graph: Graph, errors: { message: string }[]): GraphQLAnswer {
  for (const error of errors) graph.world.violations.push(`GraphQL: ${error.message}`)
  return { errors }
}

function parseProblem(query: string): { message: string } {
  try {
    parse(query)
    return { message: 'A query attribute must be specified and must be a string.' }
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) }
  }
}

function resolveField(
  source: Record<string, unknown>,
  args: unknown,
  context: GraphContext,
  info: GraphQLResolveInfo,
  rule: FailRule<never> | null,
): unknown {
  if (info.path.prev !== undefined) return read(source, args, context, info)
  const work =
    info.parentType.name === 'Mutation' ? () => mutate(args, context, info) : () => read(queries, args, context, info)
  return rule?.field === info.fieldName ? inject(rule, work, context, info) : work()
}

function read(
  source: Record<string, unknown>,
  args: unknown,
  context: GraphContext,
  info: GraphQLResolveInfo,
): unknown {
  if (!(info.fieldName in source)) throw unmodelled(info)
  const value = source[info.fieldName]
  return typeof value === 'function' ? value(args, context, info) : value
}

async function mutate(args: unknown, context: GraphContext, info: GraphQLResolveInfo): Promise<unknown> {
  const mutation: Mutation<never> | undefined = mutations[info.fieldName]
  if (mutation === undefined) throw unmodelled(info)
  const { input } = args as { input: never & { clientMutationId?: string } }
  try {
    const fields = await mutation(input, context)
    return { clientMutationId: (input as { clientMutationId?: string }).clientMutationId ?? null, ...fields }
  } catch (error) {
    if (!(error instanceof Refusal) || error.options.data === undefined) throw error
    context.extraErrors.push(located(error, info))
    return error.options.data
  }
}

/** Plays a rule on one root field; the others run as always. */
async function inject(rule: FailRule<never>, work: () => unknown, context: GraphContext, info: GraphQLResolveInfo) {
  if (rule.afterEffect === true) await work()
  const [first, ...rest] = rule.graphqlErrors ?? [{ message: 'Something went wrong while executing your query.' }]
  for (const entry of rest) context.extraErrors.push(located(new InjectedError(entry), info))
  throw new InjectedError(first ?? {})
}

function located(cause: Error, info: GraphQLResolveInfo): GraphQLError {
  return new GraphQLError(cause.message, {
    nodes: info.fieldNodes,
    path: [info.path.key],
    originalError: cause,
  })
}

function unmodelled(info: GraphQLResolveInfo): Error {
  return new Error(`fakeGitHub does not model ${info.parentType.name}.${info.fieldName}`)
}

function noteUnexpected(graph: Graph, error: GraphQLError): void {
  const cause = error.originalError
  if (cause instanceof Refusal || cause instanceof InjectedError) return
  graph.world.violations.push(`GraphQL: ${error.message}`)
}
