import { builtInEvents, createPullwright, type EventCatalogEntry, type JsonObject } from '@pullwright/core'

/** Where `docs/events.md` keeps what is written here. */
export const CATALOGUE = /(?<=<!-- catalogue -->\n).*(?=<!-- end of catalogue -->)/s

/** Every built-in event as Markdown: when it happens, its fields, an example. Types of one shape stand together. */
export function eventCatalogue(): string {
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const shapes = new Map<string, EventCatalogEntry[]>()
  for (const entry of createPullwright({ logger }).events.catalog()) {
    if (!Object.hasOwn(builtInEvents, entry.type)) continue
    const shape = JSON.stringify(entry.schema)
    shapes.set(shape, [...(shapes.get(shape) ?? []), entry])
  }
  return `\n${[...shapes.values()].map(section).join('\n')}\n`
}

function section(entries: readonly EventCatalogEntry[]): string {
  const [first] = entries
  const title = entries.map(({ type }) => `\`${type}\``).join(', ')
  const meanings = entries.map(({ type, description }) =>
    entries.length === 1 ? description : `- \`${type}\`: ${description}`,
  )
  const examples = [...new Set(entries.map(({ example }) => JSON.stringify(example, null, 2)))]
  return [
    `### ${title}`,
    meanings.join('\n'),
    fields(first?.schema ?? {}),
    ...examples.map((example) => `\`\`\`json\n${example}\n\`\`\``),
    '',
  ].join('\n\n')
}

function fields({ properties = {}, required = [] }: JsonObject): string {
  const must = required as string[]
  const rows = Object.entries(properties as Record<string, JsonObject>).map(
    ([name, schema]) => `| \`${name}\` | ${typeOf(schema)} | ${must.includes(name) ? 'yes' : ''} |`,
  )
  return ['| Field | What it is | Needed |', '|---|---|---|', ...rows].join('\n')
}

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  null: '`null`',
  boolean: 'true or false',
}

function typeOf({ type, anyOf, items, properties, enum: values }: JsonObject): string {
  if (Array.isArray(values)) return values.map((value) => `\`${value}\``).join(', ')
  if (Array.isArray(anyOf)) return (anyOf as JsonObject[]).map(typeOf).join(' or ')
  if (Array.isArray(type)) return type.map((one) => typeOf({ type: one })).join(' or ')
  if (type === 'array') return `list of: ${typeOf((items ?? {}) as JsonObject)}`
  if (type === 'object') {
    return `object with ${Object.keys(properties ?? {})
      .map((name) => `\`${name}\``)
      .join(', ')}`
  }
  return typeof type === 'string' ? (WORDS[type] ?? type) : 'any JSON'
}
