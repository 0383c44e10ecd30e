import { randomBytes } from 'node:crypto'
import { credential } from '../../authenticate.ts'
import { Refusal } from '../../model/refusal.ts'
import { appBody, installationBody } from '../bodies/app-bodies.ts'
import { notFound, paged, type RestRoutes, text } from '../rest-call.ts'

/** What follows on a browser's way through GitHub's pages: each code works once, and not for long. */
export const appSetupRoutes: RestRoutes = {
  'POST /app-manifests/{code}/conversions': ({ world, params }) => {
    const code = params.code ?? ''
    const found = world.codes.get(code)
    if (found?.kind !== 'manifest' || found.endsAt <= world.now()) throw notFound()
    world.codes.delete(code)
    const { app, privateKey } = found
    const secrets = { client_secret: app.clientSecret, webhook_secret: app.webhookSecret, pem: privateKey }
    return { status: 201, body: { ...appBody(world, app), ...secrets } }
  },
  /** Answers 200 for refusals too, as GitHub does: docs.github.com, "Troubleshooting OAuth app access token request errors". */
  'POST /login/oauth/access_token': (call) => {
    const { world } = call
    const code = text(call, 'code') ?? ''
    const found = world.codes.get(code)
    if (found?.kind !== 'sign-in' || found.endsAt <= world.now()) {
      const error_description = 'The code passed is incorrect or expired.'
      return { status: 200, body: { error: 'bad_verification_code', error_description } }
    }
    const { app, installations } = found
    if (text(call, 'client_id') !== app.clientId || text(call, 'client_secret') !== app.clientSecret) {
      return { status: 200, body: { error: 'incorrect_client_credentials' } }
    }
    world.codes.delete(code)
    const access_token = ['ghu', randomBytes(18).toString('hex')].join('_')
    world.signedIn.set(access_token, { app, installations })
    return { status: 200, body: { access_token, token_type: 'bearer', scope: '' } }
  },
  'GET /user/installations': (call) => {
    const found = call.world.signedIn.get(credential(call.authorization))
    if (found === undefined) throw new Refusal('FORBIDDEN', 'Requires authentication', { status: 401 })
    const { app, installations } = found
    const seen = app.installations.filter(({ id }) => installations.has(id))
    const wrap = (page: unknown[]) => ({ total_count: seen.length, installations: page })
    return paged(call, seen, (one) => installationBody(call.world, app, one), wrap)
  },
  /** By the App's client id and secret, as `Basic`. */
  'DELETE /applications/{client_id}/token': (call) => {
    const { world, params } = call
    const app = [...world.apps.values()].find(({ clientId }) => clientId === params.client_id)
    if (app === undefined || credential(call.authorization) !== app.clientSecret) throw notFound()
    if (!world.signedIn.delete(text(call, 'access_token') ?? '')) throw notFound()
    return { status: 204, body: null }
  },
}
