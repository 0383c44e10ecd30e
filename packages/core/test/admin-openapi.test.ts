import { readFile } from 'node:fs/promises'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { afterAll, describe, expect, it } from 'vitest'
import { CONTRACT, type OperationContract } from '../src/http-api/admin/contract.ts'
import { OPERATIONS, type Operation, type OperationId } from '../src/http-api/operations.ts'
import { setUpAdmin } from './admin-harness.ts'

const { pullwright, handler } = setUpAdmin()
afterAll(() => pullwright.stop())

const url = 'https://host.example/deep/pullwright/api/v1/openapi.json'
const document = (await (await handler(new Request(url))).json()) as {
  paths: Record<string, Record<string, { operationId: string }>>
  servers: { url: string }[]
  components: { schemas: Record<string, { properties?: object }> }
}
const ids = Object.keys(OPERATIONS) as OperationId[]

describe('the OpenAPI document', () => {
  it('passes the recommended rules of a public linter', async () => {
    const config = await createConfig({ extends: ['recommended'] })
    const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/openapi.json', config })
    expect(problems.map(({ ruleId, message, location }) => ({ ruleId, message, at: location[0]?.pointer }))).toEqual([])
  })

  it('is linted by rules that find something', async () => {
    const config = await createConfig({ extends: ['recommended'] })
    const source = JSON.stringify({
      ...document,
      openapi: '3.1.0',
      paths: { '/x': { get: { responses: { 999: {} } } } },
    })
    expect(await lintFromString({ source, absoluteRef: '/openapi.json', config })).not.toEqual([])
  })

  it('names every operation, and points to where it is mounted', () => {
    const named = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    expect(named.sort()).toEqual([...ids].sort())
    expect(new URL(document.servers[0]?.url ?? '', url).href).toBe('https://host.example/deep/pullwright/api/v1')
  })

  it('shows no secret in any answer but those of creation and rotation', () => {
    const showing = Object.entries(document.components.schemas)
      .filter(([, { properties = {} }]) => /"(secret|credential|sealed\w*)":/.test(JSON.stringify(properties)))
      .map(([name]) => name)
    const inputs = ['EndpointDraft', 'EndpointTestDraft', 'SecretRotation', 'IntegrationDraft', 'IntegrationChange']
    expect(showing.sort()).toEqual(['EndpointWithSecret', ...inputs].sort())
  })

  it('knows every member of what is sent: nothing is left without a type by accident', () => {
    const bare: string[] = []
    walk(document.components.schemas, '', (path, value) => {
      if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) bare.push(path)
    })
    expect(bare.filter((path) => !/(attributes|headers|propertyNames)/.test(path))).toEqual([])
  })
})

describe('the table of operations', () => {
  it.each(ids)('agrees with what %s takes and answers', (id) => {
    const operation: Operation = OPERATIONS[id]
    const contract: OperationContract = CONTRACT[id]
    const takes = contract.query ? 'query' : contract.body ? 'body' : undefined
    expect(operation.takes).toBe(takes)
    expect(operation.status === 204).toBe(contract.response === undefined)
  })

  it('stands in the documentation, row by row', async () => {
    const text = await readFile(new URL('../../../docs/admin-api.md', import.meta.url), 'utf8')
    const rows = ids.map((id) => {
      const { method, path, access }: Operation = OPERATIONS[id]
      return `| \`${method} ${path}\` | ${access} | ${CONTRACT[id].summary} |`
    })
    expect(text.split('\n').filter((line) => /^\| `(GET|POST|PATCH|DELETE) /.test(line))).toEqual(rows)
  })
})

function walk(value: unknown, path: string, visit: (path: string, value: unknown) => void): void {
  visit(path, value)
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) walk(member, `${path}/${name}`, visit)
}
