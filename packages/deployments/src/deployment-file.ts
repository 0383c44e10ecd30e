import { type JsonObject, type JsonValue, sortKeys } from '@pullwright/core'
import { Document, isScalar, visit } from 'yaml'

/** What is committed: one deployment as a file. */
export interface DeploymentFile {
  app_name: string
  environment: string
  deployed_at: string
  deployed_by: string | null
  variant: { name: string; revision: JsonValue }
  config: JsonValue
  metadata: { url: string | null; deployment_id: string | null; commit_message: string | null }
}

/** The members stand in the order of the design, those of the configuration sorted: only real changes show in a diff. */
export function deploymentFile(
  data: JsonObject,
  config: JsonValue,
  facts: { deployedAt: number; url: string | null },
): DeploymentFile {
  return {
    app_name: String(data.app_name),
    environment: String(data.environment),
    deployed_at: isoTime(facts.deployedAt),
    deployed_by: personText(data.deployed_by),
    variant: { name: String(data.variant_name), revision: data.revision ?? null },
    config: sortKeys(config),
    metadata: {
      url: facts.url,
      deployment_id: textOf(data.deployment_id),
      commit_message: textOf(data.commit_message),
    },
  }
}

export function printFile(file: DeploymentFile, format: 'json' | 'yaml'): string {
  return format === 'json' ? `${JSON.stringify(file, null, 2)}\n` : printYaml(file)
}

/** ISO 8601 in UTC, to the second where there is no more to say. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z')
}

/** How people name each other in a review: by e-mail, else by name, else by id. */
export function personText(person: JsonValue | undefined): string | null {
  if (typeof person === 'string') return person
  if (typeof person !== 'object' || person === null || Array.isArray(person)) return null
  return textOf(person.email) ?? textOf(person.name) ?? textOf(person.user_id)
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}

/** Long texts as literal block scalars, nothing folded; what YAML cannot hold as it is, in double quotes. */
function printYaml(file: DeploymentFile): string {
  const document = new Document(file, { version: '1.2', aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === 'string') {
        if (NEEDS_ESCAPES.test(node.value)) node.type = 'QUOTE_DOUBLE'
        else if (node.value.includes('\n')) node.type = 'BLOCK_LITERAL'
      }
    },
  })
  return document.toString({ lineWidth: 0, blockQuote: 'literal' })
}

/** Control characters other than tab and line feed, other line breaks, a byte order mark, and halves of a surrogate pair. */
const NEEDS_ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
