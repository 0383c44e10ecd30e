import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import { once } from '../once.ts'

/** Compares REST traffic with GitHub's published OpenAPI document. Answers sentences, one for each thing that is wrong. */
export interface OpenApiChecker {
  request(method: string, template: string, query: Record<string, string>, body: string): string[]
  /** Only statuses and forms that the document describes are looked at. */
  response(method: string, template: string, status: number, body: unknown): string[]
}

interface Parameter {
  name: string
  in: string
  required?: boolean
}

interface Operation {
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { required?: boolean; content?: Record<string, { schema?: { properties?: Record<string, unknown> } }> }
  responses?: Record<string, { $ref?: string; content?: Record<string, unknown> }>
}

interface Description {
  paths: Record<string, Record<string, Operation>>
  components: {
    parameters: Record<string, Parameter>
    responses: Record<string, { content?: Record<string, unknown> }>
  }
}

const JSON_TYPE = 'application/json'

/**
 * Reads the document of `@octokit/openapi` (13 MB, about 300 ms: shared by all fakes of a process). Rejects when that
 * package is not installed: it is an optional peer.
 */
export const loadOpenApiChecker: () => Promise<OpenApiChecker> = once(async () => {
  const description = JSON.parse(await readFile(findDocument(), 'utf8')) as Description
  const { Ajv } = await import('ajv')
  const options = { strict: false, allErrors: true, validateFormats: false, validateSchema: false, coerceTypes: false }
  const ajv = new Ajv({ ...options, logger: false, addUsedSchema: false })
  allowNull(description)
  ajv.addSchema(description, 'github')
  return checker(description, ajv)
})

function findDocument(): string {
  const require = createRequire(import.meta.url)
  try {
    return require.resolve('@octokit/openapi/generated/api.github.com.json')
  } catch (cause) {
    throw new Error('fakeGitHub({ openapi: true }) needs the package @octokit/openapi: install it.', { cause })
  }
}

/** OpenAPI 3.0 says `nullable` beside `anyOf`; the validator knows it beside `type` only. */
function allowNull(part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  const schema = part as Partial<Record<'enum' | 'anyOf' | 'oneOf' | 'allOf', unknown[]>> & {
    nullable?: unknown
    type?: unknown
  }
  for (const value of Object.values(part)) allowNull(value)
  // An `enum` beside `nullable` leaves null out throughout the document, and GitHub answers it.
  if (schema.nullable === true && schema.enum?.includes(null) === false) schema.enum.push(null)
  if (schema.nullable !== true || schema.type !== undefined) return
  delete schema.nullable
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) choices.push({ type: 'null' })
  else if (schema.allOf !== undefined) {
    // Of `GET /app/installations` the document says that an account is a user and an enterprise at once.
    const accounts = schema.allOf.some((one) => (one as { title?: unknown }).title === 'Enterprise')
    schema.anyOf = [...(accounts ? schema.allOf : [{ allOf: schema.allOf }]), { type: 'null' }]
    delete schema.allOf
  }
}

function checker(description: Description, ajv: Ajv): OpenApiChecker {
  const known = new Map<string, ValidateFunction>()
  const validate = (pointer: string[], value: unknown): string[] => {
    const ref = `github#/${pointer.map(pointerStep).join('/')}`
    const check = known.get(ref) ?? ajv.compile({ $ref: ref })
    known.set(ref, check)
    return check(value) ? [] : (check.errors ?? []).map(sentence)
  }
  return {
    request(method, template, query, body) {
      const operation = description.paths[template]?.[method.toLowerCase()]
      if (operation === undefined) return [`GitHub has no ${method} ${template}`]
      return [
        ...queryProblems(description, operation, query),
        ...bodyProblems(operation, body, validate, [template, method]),
      ]
    },
    response(method, template, status, body) {
      const path = [template, method.toLowerCase(), 'responses', String(status)]
      const response = description.paths[template]?.[method.toLowerCase()]?.responses?.[String(status)]
      const shared = response?.$ref?.split('/').at(-1)
      const content = shared === undefined ? response?.content : description.components.responses[shared]?.content
      if (content?.[JSON_TYPE] === undefined || body === undefined) return []
      const pointer = shared === undefined ? ['paths', ...path] : ['components', 'responses', shared]
      return validate([...pointer, 'content', JSON_TYPE, 'schema'], body)
    },
  }
}

function queryProblems(description: Description, operation: Operation, query: Record<string, string>): string[] {
  const parameters = (operation.parameters ?? []).map((parameter) =>
    '$ref' in parameter ? description.components.parameters[parameter.$ref.split('/').at(-1) ?? ''] : parameter,
  )
  const wanted = parameters.filter((parameter) => parameter?.in === 'query')
  const unknown = Object.keys(query).filter((name) => !wanted.some((parameter) => parameter?.name === name))
  const missing = wanted.filter((parameter) => parameter?.required === true && !(parameter.name in query))
  return [
    ...unknown.map((name) => `there is no query parameter ${name}`),
    ...missing.map((parameter) => `the query parameter ${parameter?.name} is missing`),
  ]
}

function bodyProblems(
  operation: Operation,
  body: string,
  validate: (pointer: string[], value: unknown) => string[],
  [template = '', method = '']: string[],
): string[] {
  const schema = operation.requestBody?.content?.[JSON_TYPE]?.schema
  if (schema === undefined) return body === '' ? [] : ['a body was sent where none is taken']
  if (body === '') return operation.requestBody?.required === true ? ['the body is missing'] : []
  const value = parse(body)
  if (value === undefined) return ['the body is not JSON']
  const unknown =
    schema.properties === undefined
      ? []
      : Object.keys(value as object).filter((key) => !(key in (schema.properties ?? {})))
  const pointer = ['paths', template, method.toLowerCase(), 'requestBody', 'content', JSON_TYPE, 'schema']
  return [...unknown.map((key) => `the body has an unknown field ${key}`), ...validate(pointer, value)]
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function sentence(error: ErrorObject): string {
  return `${error.instancePath === '' ? 'the body' : error.instancePath} ${error.message}`
}

/** One step of a JSON pointer inside an address. */
function pointerStep(step: string): string {
  return encodeURIComponent(step.replace(/~/g, '~0').replace(/\//g, '~1'))
}
