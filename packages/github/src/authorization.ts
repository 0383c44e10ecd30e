import { PullwrightError } from '@pullwright/core'

/** What a call does, as far as a credential can be cut to it. */
export interface CallUse {
  /** Such as `pull_requests=write`. */
  needs?: readonly string[] | undefined
  writes: boolean
}

/** Who we are to GitHub: the one thing that differs between a token and an app. */
export interface Authorization {
  /** Value of the `authorization` header for calls about this repository. */
  header(repository: string, use: CallUse, signal?: AbortSignal): Promise<string>
  /** After GitHub refused this header, with its answer's headers: whether another one is worth a second try. */
  renew?(header: string, answer: Readonly<Record<string, string>>): boolean
  /** Permissions and their levels, where GitHub tells them. */
  granted?(repository: string, signal?: AbortSignal): Promise<Readonly<Record<string, string>>>
  /** The text without any credential in it. */
  hide(text: string): string
}

/** A personal access token, classic or fine-grained, or any token that is at hand. */
export function tokenAuthorization(token: string | undefined): Authorization {
  const clean = typeof token === 'string' ? token.trim() : ''
  if (!/^[\x21-\x7e]+$/.test(clean)) {
    throw new PullwrightError(
      'invalid-argument',
      'auth.token must be a GitHub token: text without spaces. Is the environment variable it comes from set?',
    )
  }
  return {
    header: async () => `Bearer ${clean}`,
    hide: (text) => text.replaceAll(clean, '[token]'),
  }
}
