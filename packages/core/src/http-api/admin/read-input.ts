import { z } from 'zod'
import type { Problem } from '../../errors.ts'
import { problemsOf } from '../../events/problems.ts'
import { consumedAdvice, wasRead } from '../../inbound/consumed.ts'
import { readBody } from '../../inbound/read-body.ts'
import { parsedBody, withRawBody } from '../native-body.ts'
import { refusal } from './problems.ts'

/** Refuses what is no parameter, so that a typo in a filter does not show everything. */
export function readQuery(schema: z.ZodObject | undefined, url: string): unknown {
  const params = new URL(url).searchParams
  const shape = schema?.shape ?? {}
  const raw = Object.fromEntries(
    [...new Set(params.keys())].map((name) => {
      const values = params.getAll(name)
      return [name, values.length > 1 || takesMany(shape[name]) ? values : values[0]]
    }),
  )
  const parsed = (schema ?? z.strictObject({})).safeParse(raw)
  if (parsed.success) return parsed.data
  throw refusal('invalid-request', {
    detail: 'A query parameter is wrong.',
    errors: problemsOf(parsed.error, ''),
  })
}

/** The body, read by us where nobody did before, and checked. */
export async function readJson(
  schema: z.ZodType | undefined,
  request: Request,
  native: unknown,
  limit: number,
): Promise<unknown> {
  checkContentType(request)
  if (schema === undefined) return undefined
  const parsed = schema.safeParse(await jsonIn(request, native, limit))
  if (parsed.success) return parsed.data
  const errors: Problem[] = problemsOf(parsed.error, '')
  throw refusal('invalid-argument', { detail: 'The body does not fit; `errors` says where.', errors })
}

/** Browsers cannot be made to send JSON to another site without asking it first. */
function checkContentType({ headers }: Request): void {
  const type = headers.get('content-type')
  if (type === null || /^application\/(json|merge-patch\+json)\s*(;|$)/i.test(type)) return
  throw refusal('unsupported-media-type', { detail: 'Send the body as `content-type: application/json`.' })
}

async function jsonIn(request: Request, native: unknown, limit: number): Promise<unknown> {
  const parsed = parsedBody(request, native)
  const source = withRawBody(request, native)
  if (source === request && parsed !== null) return parsed.value
  const read = await readBody(source, limit, { wasRead: wasRead(native) })
  if (read.ok) return parse(read.bytes, request)
  if (read.reason === 'too-large') throw refusal('too-large', { detail: `At most ${limit} bytes are taken.` })
  if (read.reason === 'consumed') throw refusal('body-consumed', { detail: consumedAdvice(native) })
  throw refusal('incomplete', { detail: 'The body ended early. Send it again.' })
}

function parse(bytes: Uint8Array, { headers }: Request): unknown {
  if (bytes.byteLength === 0) return undefined
  if (headers.get('content-type') === null) {
    throw refusal('unsupported-media-type', { detail: 'Send the body as `content-type: application/json`.' })
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw refusal('invalid-request', { detail: 'The body is not JSON in UTF-8.' })
  }
}

function takesMany(schema: unknown): boolean {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema
  return inner instanceof z.ZodArray
}
