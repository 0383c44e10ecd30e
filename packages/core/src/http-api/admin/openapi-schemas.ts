import { z } from 'zod'
import type { JsonObject } from '../../json.ts'
import { CONTRACT, type OperationContract } from './contract.ts'
import { problem } from './schemas/common.ts'
import * as deployments from './schemas/deployment.ts'
import * as endpoints from './schemas/endpoint.ts'
import * as events from './schemas/event.ts'
import * as integrations from './schemas/integration.ts'
import * as service from './schemas/service.ts'
import * as work from './schemas/work.ts'

const MODULES = { ...endpoints, ...work, ...events, ...deployments, ...integrations, ...service, problem }

/** Schemas that stand in `components`: bodies and answers, by the name they have in the code. */
export function componentSchemas(): JsonObject {
  const { bodies, answers } = named()
  return { ...converted(bodies, 'input'), ...converted(answers, 'output') }
}

/** A reference to a component, or the schema itself where it is none. */
export function schemaOf(schema: z.ZodType): JsonObject {
  const inner = unwrapped(schema)
  const { bodies, answers } = named()
  const name = bodies.get(inner) ?? answers.get(inner)
  return name === undefined ? { type: 'object' } : { $ref: uri(name) }
}

function named() {
  const contracts: OperationContract[] = Object.values(CONTRACT)
  const inBodies = new Set(contracts.flatMap(({ body }) => (body === undefined ? [] : [unwrapped(body)])))
  const bodies = new Map<z.ZodType, string>()
  const answers = new Map<z.ZodType, string>()
  for (const [name, schema] of Object.entries(MODULES)) {
    if (!(schema instanceof z.ZodType) || name.endsWith('Query') || NO_COMPONENTS.has(schema)) continue
    const title = name.charAt(0).toUpperCase() + name.slice(1)
    ;(inBodies.has(schema) ? bodies : answers).set(schema, title)
  }
  return { bodies, answers }
}

/** Nothing is to be read in them. */
const NO_COMPONENTS: ReadonlySet<z.ZodType> = new Set([service.openapi, service.exported])

function converted(schemas: ReadonlyMap<z.ZodType, string>, io: 'input' | 'output'): JsonObject {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of schemas) registry.add(schema, { id })
  const { schemas: made } = z.toJSONSchema(registry, { io, uri, unrepresentable: 'any' })
  const bare = Object.entries(made).map(([id, { $schema: _dialect, $id: _id, ...schema }]) => [id, schema])
  return Object.fromEntries(bare) as JsonObject
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema
}

function uri(name: string): string {
  return `#/components/schemas/${name}`
}
