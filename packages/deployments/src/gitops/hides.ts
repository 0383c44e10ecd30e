/** What stands in a file in place of a secret. Hosts may name a replacement of their own: that is known by where it stands. */
const MASK = /\[REDACTED(?::[^\]]*)?\]/
/** What stands there in place of an e-mail address. */
const PSEUDONYM = /\buser-[0-9a-f]{10}\b/

/** Whether a text of a file stands for another one, which the file does not show. */
export function hides(text: string, { pseudonymise = false }: { pseudonymise?: boolean | undefined }): boolean {
  return MASK.test(text) || (pseudonymise && PSEUDONYM.test(text))
}
