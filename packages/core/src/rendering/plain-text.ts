import { singleLine } from './visible-text.ts'

/**
 * Places without markup, titles and commit messages, still have meanings: mentions, references that close issues,
 * orders to skip checks, draft prefixes. Each is broken by a space or by other brackets, and stays readable.
 */
const MEANINGS: readonly { pattern: RegExp; instead: string; source: string }[] = [
  { pattern: /(?<![\p{L}\p{N}])@(?=[\p{L}\p{N}_{-])/gu, instead: '@ ', source: 'mentions; addresses stay whole' },
  { pattern: /#(?=[\p{L}\p{N}_])/gu, instead: '# ', source: 'Closes #1, owner/repo#1; smart commits of Jira' },
  { pattern: /\b(GH)-(?=\d)/gi, instead: '$1- ', source: 'GH-1 of GitHub' },
  {
    pattern: /([!$%&~])(?=\d|(?<=[%~])[\p{L}"])/gu,
    instead: '$1 ',
    source: 'merge requests, snippets, milestones, epics and labels of GitLab',
  },
  {
    pattern: /\[(\w+):([^[\]]*)\]/g,
    instead: '($1: $2)',
    source: '[issue:7], [vulnerability:1] and the like of GitLab',
  },
  { pattern: /\*(iteration):/gi, instead: '$1:', source: 'GitLab' },
  { pattern: /\b([A-Z][A-Z0-9_]+)-(?=\d)/g, instead: '$1\u2011', source: 'Jira keys; the hyphen only looks the same' },
  {
    // Neither words of these letters, nor dates, nor the parts of a UUID, nor pseudonyms.
    pattern:
      /(?<![0-9a-z]|-[0-9a-f]{4}-|\buser-)(?=[0-9a-f]{12}|[0-9]*[a-f]+\d|\d+[a-f])([0-9a-f]{6})(?=[0-9a-f]{1,34}(?![0-9a-z]|-[0-9a-f]{4}-))/gi,
    instead: '$1 ',
    source: 'commits, on every forge',
  },
  {
    pattern: /\/(issues|pull|pull-requests|merge_requests|work_items)\/(?=\d)/gi,
    instead: '/$1/ ',
    source: 'Closes https://…/issues/1',
  },
  {
    pattern: /\[([^[\]]{0,30}\b(?:skip|ci|no)\b[^[\]]{0,30})\]/gi,
    instead: '($1)',
    source: '[skip ci] of GitHub, GitLab, Bitbucket, CircleCI',
  },
  { pattern: /\*{3}(no_ci)\*{3}/gi, instead: '$1', source: 'Azure Pipelines' },
  { pattern: /\b(skip-checks):/gi, instead: '$1 :', source: 'GitHub' },
  { pattern: /^\/(?=\p{L})/u, instead: '/ ', source: 'quick actions of GitLab, of which /tag acts in commits too' },
  { pattern: /^[[(]?(draft|wip)[\])]?(?=[\s:\])-]|$):?/gi, instead: '$1', source: 'draft prefixes of GitLab' },
]

/** User text for a title or the first line of a commit: one line without meaning beyond its words. */
export function plainText(text: string): string {
  return MEANINGS.reduce((plain, { pattern, instead }) => plain.replace(pattern, instead), singleLine(text))
}

/** User text inside a commit message. As a quote no line of it can be a trailer, a comment or the end of the message. */
export function plainQuote(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').trim().split('\n').map(plainText)
  return lines.map((line) => (line === '' ? '>' : `> ${line}`)).join('\n')
}
