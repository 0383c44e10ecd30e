export interface Browser {
  /** What a browser would send by itself from a page of this origin: cookies, and where the page is from. */
  headers: { cookie: string; origin: string }
  post(path: string, body: object): Promise<Record<string, unknown>>
}

/** Signs in, and keeps the cookie. */
export async function openBrowser(origin: string, email: string, password: string): Promise<Browser> {
  const type = { 'content-type': 'application/json' }
  const send = (path: string, body: object, headers = {}) =>
    fetch(origin + path, { method: 'POST', headers: { ...type, ...headers }, body: JSON.stringify(body) })
  const answer = await send('/api/sessions', { email, password })
  if (!answer.ok) throw new Error(`${email} was not let in: HTTP ${answer.status}`)
  const [cookie = ''] = answer.headers.getSetCookie().map((one) => one.split(';')[0] ?? '')
  const headers = { cookie, origin }
  return {
    headers,
    async post(path, body) {
      const response = await send(path, body, headers)
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
      return (await response.json()) as Record<string, unknown>
    },
  }
}
