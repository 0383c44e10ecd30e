import { parseArgs } from 'node:util'

export const USAGE = `Usage: npm start -- [options]

  --serve                   keep running afterwards, and say what to send where
  --port <number>           port of the host (default: a free one)
  --repository <owner/name> open the pull request there on real GitHub, with the token in GITHUB_TOKEN
  --help                    this text`

export interface Options {
  help: boolean
  serve: boolean
  port: number
  real: { token: string; repository: string } | null
}

/** What was asked for; a text where that cannot be, which says why. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options | string {
  try {
    const { values } = parseArgs({
      args: args.filter((argument) => argument !== '--'),
      options: {
        help: { type: 'boolean', default: false },
        serve: { type: 'boolean', default: false },
        port: { type: 'string', default: '0' },
        repository: { type: 'string' },
      },
    })
    const { help, serve, repository } = values
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return '--port must be a number from 0 to 65535'
    if (repository === undefined) return { help, serve, port, real: null }
    const token = env.GITHUB_TOKEN
    if (!token) return '--repository needs a token in GITHUB_TOKEN (contents and pull requests: write)'
    if (!/^[^/\s]+\/[^/\s]+$/.test(repository)) return '--repository must be owner/name'
    return { help, serve, port, real: { token, repository } }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
