/** What the environment says. */
export interface Settings {
  /** One, or several while one takes the place of another. */
  secrets: string[]
  token: string
  repository: string
  base: string
  apiUrl: string
  host: string
  port: number
}

export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const missing = ['WEBHOOK_SECRET', 'GITHUB_TOKEN', 'REPOSITORY'].filter((name) => !environment[name])
  if (missing.length > 0) throw new Error(`Set ${missing.join(', ')}; the README says to what.`)
  const { WEBHOOK_SECRET = '', GITHUB_TOKEN = '', REPOSITORY = '', BASE_BRANCH = 'main' } = environment
  const { GITHUB_API_URL = 'https://api.github.com', HOST = '127.0.0.1', PORT = '8080' } = environment
  return {
    secrets: WEBHOOK_SECRET.split(/\s+/).filter((one) => one !== ''),
    token: GITHUB_TOKEN,
    repository: REPOSITORY,
    base: BASE_BRANCH,
    apiUrl: GITHUB_API_URL,
    host: HOST,
    port: Number(PORT),
  }
}
