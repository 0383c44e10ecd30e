import type { ForgeRules } from '@pullwright/core/vcs'

/** GitHub's limits that we meet before GitHub does. */
export const LIMITS = {
  /** Characters of a pull request's or comment's body: its 422 says `maximum is 65536 characters`. */
  body: 65_536,
  /** Characters of a title: `maximum is 256 characters`. */
  title: 256,
  /** Characters of a label's name: `maximum is 50 characters`. */
  label: 50,
  /** Characters of a commit status's description: docs.github.com/rest/commits/statuses. */
  statusDescription: 140,
  /** Characters of a check's summary: docs.github.com/rest/checks/runs, "Maximum length: 65535 characters". */
  checkText: 65_535,
  /** Annotations in one request about a check run: docs.github.com/rest/checks/runs. */
  annotations: 50,
  /** Of an annotation: its message may have 64 KB, at up to 4 bytes a character; its title 255 characters. Same page. */
  annotation: 16_000,
  annotationTitle: 255,
  /** Characters of a deployment status's description: docs.github.com/rest/deployments/statuses. */
  deploymentDescription: 140,
  /** Bytes of one `createCommitOnBranch`, before base64: larger ones are refused (about 40 MB were taken). */
  commitBytes: 40 * 1024 * 1024,
} as const

export const RULES: ForgeRules = {
  forge: 'GitHub',
  markerStyle: 'comment',
  title: LIMITS.title,
  body: { size: LIMITS.body, unit: 'characters' },
  commitBytes: LIMITS.commitBytes,
  // https://docs.github.com/get-started/using-git/dealing-with-special-characters-in-branch-and-tag-names
  branchNames: [{ forbidden: /^[0-9a-f]{40}$/i, reason: 'must not be 40 hexadecimal digits, as commits have them' }],
}
