/** What the operations are sorted by. */
export const TAGS: Readonly<Record<string, string>> = {
  endpoints: 'Where webhooks go.',
  deliveries: 'Webhooks on their way, and how each attempt went.',
  events: 'What happened.',
  eventTypes: 'What can happen.',
  tasks: 'All work: deliveries, and what plugins do.',
  deployments: 'Deployments and the pull requests they became.',
  integrations: 'A tenant’s own connections to repositories.',
  sources: 'Where webhooks are received from.',
  policies: 'Rules that deployments are held against.',
  audit: 'Who did what.',
  jobs: 'Long work, and how far it is.',
  service: 'The process itself.',
}

/** Parameters, headers, answers and ways to sign in that operations share. */
export const SHARED_COMPONENTS = {
  parameters: {
    id: { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    ifMatch: {
      ...{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } },
      description: 'The `ETag` of what was read, such as `"3"`, or several; `*` changes whatever is there.',
    },
    ifMatchOptional: {
      ...{ name: 'If-Match', in: 'header', required: false, schema: { type: 'string' } },
      description: 'The `ETag` of what was read, such as `"3"`, or several.',
    },
    idempotencyKey: {
      ...{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 255 } },
      description: 'The same request with the same key is done once, within a day; the first answer is given again.',
    },
  },
  headers: {
    ETag: { description: 'The version, in quotes.', schema: { type: 'string' } },
  },
  responses: {
    problem: {
      description: 'What is wrong, and what to do about it.',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
  securitySchemes: {
    bearer: { type: 'http', scheme: 'bearer', description: 'Whatever the host’s `authorize` reads.' },
    cookie: { type: 'apiKey', in: 'cookie', name: 'session', description: 'The host’s own session, by its own name.' },
  },
}
