import type { HandlerContext } from '@pullwright/core'

/** With the key of the project's pseudonyms, where the host gave no other. */
export function keyed<T extends { pseudonymKey?: string | undefined }>(
  options: T,
  { pseudonymKey }: Pick<HandlerContext, 'pseudonymKey'>,
): T {
  return { ...options, pseudonymKey: options.pseudonymKey ?? pseudonymKey }
}
