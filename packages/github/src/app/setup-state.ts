import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { PluginContext } from '@pullwright/core'

/** What a browser takes along to GitHub and brings back. */
export interface SetupState {
  purpose: 'setup' | 'install'
  project: string
  subject: string
}

/** As long as GitHub keeps a manifest's code: docs.github.com, "Registering a GitHub App from a manifest". */
const LIFE_MS = 3_600_000

type Signed = SetupState & { nonce: string; endsAt: number }

/** Signed, so that nobody makes one up. */
export async function issueState(context: PluginContext, state: SetupState): Promise<string> {
  const signed: Signed = { ...state, nonce: randomBytes(16).toString('hex'), endsAt: context.now() + LIFE_MS }
  const body = Buffer.from(JSON.stringify(signed)).toString('base64url')
  return `${body}.${await sign(context, body)}`
}

/** What was issued, the first time it comes back in time; else null. */
export async function redeemState(
  context: PluginContext,
  purpose: SetupState['purpose'],
  text: string | null,
): Promise<SetupState | null> {
  const [body = '', signature = ''] = (text ?? '').split('.')
  const [given, wanted] = [Buffer.from(signature), Buffer.from(await sign(context, body))]
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null
  const { nonce, endsAt, ...state } = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Signed
  if (state.purpose !== purpose || endsAt <= context.now()) return null
  // Of two that come at once only one writes.
  const first = await context.documents.put(`state/${nonce}`, { endsAt }, { expectedVersion: 0 })
  return first ? state : null
}

/** Forgets states that would be refused for their age anyway. */
export async function sweepStates({ documents, now }: Pick<PluginContext, 'documents' | 'now'>): Promise<void> {
  for (const { key, value } of await documents.list({ prefix: 'state/', limit: 1_000 })) {
    if (Number((value as { endsAt: number }).endsAt) <= now()) await documents.remove(key)
  }
}

async function sign(context: PluginContext, body: string): Promise<string> {
  return createHmac('sha256', await signingKey(context))
    .update(body)
    .digest('base64url')
}

/** Made at first use; whoever comes second takes the one that is there. */
async function signingKey({ documents, secrets }: Pick<PluginContext, 'documents' | 'secrets'>): Promise<Buffer> {
  const known = await documents.get('state-key')
  if (known !== null) return Buffer.from(await secrets.open(String(known.value)), 'base64')
  const made = randomBytes(32).toString('base64')
  const first = await documents.put('state-key', await secrets.seal(made), { expectedVersion: 0 })
  return first ? Buffer.from(made, 'base64') : signingKey({ documents, secrets })
}
