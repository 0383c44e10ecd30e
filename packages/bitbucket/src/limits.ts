/** Bitbucket Cloud's limits that we meet before Bitbucket does. */
export const LIMITS = {
  /**
   * Characters of a description or comment. Atlassian publishes none; other tools cut at 32,768 and it was always taken.
   */
  body: 32_768,
  /** Characters of a title: the form says `at most 255 characters`. */
  title: 255,
  /** Characters of a build status's key: `Ensure this value has at most 40 characters`. */
  statusKey: 40,
  /** Characters of a build status's name and description: `at most 255 characters`. */
  statusText: 255,
  /** Bytes of all files of one commit; Bitbucket refuses single files above 100 MB and times out on large forms. */
  commitBytes: 50 * 1024 * 1024,
} as const
