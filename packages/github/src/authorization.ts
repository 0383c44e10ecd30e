import { PullwrightError } from '@pullwright/core'

/** Who we are to GitHub: the one thing that differs between a token and an app. */
export interface Authorization {
  /** Value of the `authorization` header for calls about this repository. */
  header(repository: string, signal?: AbortSignal): Promise<string>
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
