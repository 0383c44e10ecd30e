import { z } from 'zod'
import type { JsonObject, JsonValue } from '../../json.ts'
import { OPERATIONS, type Operation, type OperationId } from '../operations.ts'
import { CONTRACT, type OperationContract } from './contract.ts'
import { SHARED_COMPONENTS, TAGS } from './openapi-parts.ts'
import { componentSchemas, schemaOf } from './openapi-schemas.ts'

/** The admin API as OpenAPI 3.1. Made from the schemas that requests and answers are checked with. */
export function openApiDocument(): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const id of Object.keys(OPERATIONS) as OperationId[]) {
    const { method, path } = OPERATIONS[id]
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(id) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pullwright admin API',
      version: '1',
      description: 'What a tenant sees and changes. The host decides who calls, and as which tenant.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Relative to where this document is, whatever it is mounted under.
    servers: [{ url: '../v1', description: 'Here' }],
    security: [{ bearer: [] }, { cookie: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: { ...SHARED_COMPONENTS, schemas: componentSchemas() },
  }
}

function describe(id: OperationId): JsonObject {
  const operation: Operation = OPERATIONS[id]
  const { summary, body }: OperationContract = CONTRACT[id]
  const optional = body instanceof z.ZodOptional
  const parameters = parametersOf(operation, CONTRACT[id])
  return {
    operationId: id,
    tags: [id.slice(0, id.indexOf('.'))],
    summary,
    ...(operation.access === 'public'
      ? { security: [] }
      : { description: `Needs the capability \`${operation.access}\`.`, 'x-capability': operation.access }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: !optional, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: responsesOf(id, operation),
  }
}

function parametersOf(operation: Operation, contract: OperationContract): JsonValue[] {
  const query = Object.entries(contract.query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = z.toJSONSchema(schema, { io: 'input' })
    return {
      ...{ name, in: 'query', required: false, schema: withoutDialect(rest) },
      ...(description === undefined ? {} : { description }),
    }
  })
  return [
    ...(operation.path.includes('{id}') ? [ref('parameters/id')] : []),
    ...query,
    ...(operation.match === undefined
      ? []
      : [ref(`parameters/ifMatch${operation.match === 'required' ? '' : 'Optional'}`)]),
    ...(operation.method === 'POST' ? [ref('parameters/idempotencyKey')] : []),
  ]
}

function responsesOf(id: OperationId, operation: Operation): JsonObject {
  const { response }: OperationContract = CONTRACT[id]
  const good: JsonObject = { description: operation.status === 202 ? 'Begun' : 'Done' }
  if (operation.text) good.content = { 'application/jsonl': { schema: TEXT }, 'text/csv': { schema: TEXT } }
  else if (response !== undefined) good.content = { 'application/json': { schema: schemaOf(response) } }
  const tagged = operation.match !== undefined || /^(endpoints|integrations)\.(create|get)$/.test(id)
  if (tagged && operation.status !== 204) good.headers = { ETag: ref('headers/ETag') }
  const unready = id === 'service.ready' ? { '503': good } : {}
  return { [operation.status]: good, ...unready, '4XX': ref('responses/problem'), '5XX': ref('responses/problem') }
}

const TEXT = { type: 'string' }

function ref(path: string): JsonObject {
  return { $ref: `#/components/${path}` }
}

function withoutDialect({ $schema: _dialect, ...schema }: Record<string, unknown>): JsonObject {
  return schema as JsonObject
}
