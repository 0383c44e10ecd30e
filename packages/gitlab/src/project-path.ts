import { VcsError } from '@pullwright/core'

/** https://docs.gitlab.com/user/reserved_names/#rules-for-usernames-project-and-group-names-and-slugs */
const PART = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/** `group/project`, or with more groups before it; refuses anything else before a request is made. */
export function projectPath(text: string): string {
  const parts = text.split('/')
  const fine = parts.length >= 2 && parts.every((part) => PART.test(part) && !/\.(?:git|atom)$/.test(part))
  if (fine && text.length <= 1024) return text
  throw new VcsError('invalid', `A repository is given as group/project, not ${JSON.stringify(text.slice(0, 200))}.`)
}

/** The project and number of a merge request. */
export function mergeRequestId({ repository, number }: { repository: string; number: number }) {
  const project = projectPath(repository)
  if (!Number.isSafeInteger(number) || number < 1 || number > 2 ** 31 - 1) {
    throw new VcsError('invalid', `${number} is no number of a merge request.`)
  }
  return { project, iid: number }
}
