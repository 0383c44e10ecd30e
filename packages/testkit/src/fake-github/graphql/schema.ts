import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { buildSchema, extendSchema, type GraphQLSchema, isScalarType, parse } from 'graphql'
import { once } from '../../once.ts'

/** Parts of the schema that only some GitHub hosts have. `requestReviewsByLogin` is the one adapters must feature-detect. */
export type SchemaFeature = 'requestReviewsByLogin'

const EXTENSIONS: Record<SchemaFeature, string> = {
  requestReviewsByLogin: `
    input RequestReviewsByLoginInput {
      pullRequestId: ID!
      userLogins: [String!]
      botLogins: [String!]
      teamSlugs: [String!]
      union: Boolean = false
      clientMutationId: String
    }
    type RequestReviewsByLoginPayload {
      actor: Actor
      clientMutationId: String
      pullRequest: PullRequest
      requestedReviewersEdge: UserEdge
    }
    extend type Mutation {
      requestReviewsByLogin(input: RequestReviewsByLoginInput!): RequestReviewsByLoginPayload
    }
  `,
}

/** GitHub's published schema, with what its custom scalars accept. The first one takes about 150 ms. */
export async function loadSchema(features: readonly SchemaFeature[]): Promise<GraphQLSchema> {
  let schema = await publishedSchema()
  for (const feature of features) schema = extendSchema(schema, parse(EXTENSIONS[feature]), { assumeValid: true })
  return schema
}

/** The published schema without extensions: shared, because nothing changes it once it is built. */
const publishedSchema = once(async () => {
  const schema = buildSchema(await readSchemaText(), { assumeValid: true, assumeValidSDL: true })
  for (const [name, check] of Object.entries(SCALARS)) narrow(schema, name, check)
  return schema
})

/** The text file, found beside the package's entry: the package's own module would also parse 5 MB of JSON. */
async function readSchemaText(): Promise<string> {
  const folders = createRequire(import.meta.url).resolve.paths('@octokit/graphql-schema') ?? []
  for (const folder of folders) {
    const file = join(folder, '@octokit/graphql-schema/schema.graphql')
    if (existsSync(file)) return readFile(file, 'utf8')
  }
  return (await import('@octokit/graphql-schema')).schema.idl
}

const SCALARS: Record<string, RegExp> = {
  GitObjectID: /^[0-9a-f]{40}$/,
  GitRefname: /^refs\/[^/]+\/./,
  Base64String: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  DateTime: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/,
}

function narrow(schema: GraphQLSchema, name: string, pattern: RegExp): void {
  const type = schema.getType(name)
  if (!isScalarType(type)) return
  const check = (value: unknown) => {
    if (typeof value === 'string' && pattern.test(value)) return value
    throw new Error(`is not a valid ${name}`)
  }
  type.parseValue = check
  type.parseLiteral = (node) => check(node.kind === 'StringValue' ? node.value : undefined)
}
