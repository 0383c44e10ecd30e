import type { FakeResponse } from '../../http/fake-server.ts'
import type { Call } from './call.ts'

export interface Route {
  method: string
  /** As Bitbucket's API document writes it; `{name+}` takes slashes. */
  template: string
  /** What it takes, by the same document. */
  scope: string
  answer(call: Call): Promise<FakeResponse>
}

export function ok(body: unknown, status = 200): FakeResponse {
  return { status, body }
}
