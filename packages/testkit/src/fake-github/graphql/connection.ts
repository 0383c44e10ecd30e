import { Refusal } from '../model/refusal.ts'

export interface PageArguments {
  first?: number | null
  last?: number | null
  after?: string | null
  before?: string | null
}

/** GitHub's limit for any connection: https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api */
const MAX_PAGE = 100

export interface Window {
  start: number
  end: number
  total: number
}

/** A connection over a list that is at hand. `view` is called for the page only. */
export function connection<T>(name: string, args: PageArguments, all: readonly T[], view: (item: T) => unknown) {
  const window = pageWindow(name, args, all.length)
  return connectionOf(window, all.slice(window.start, window.end).map(view))
}

/** A connection from a page that was already fetched. */
export function connectionOf({ start, end, total }: Window, nodes: readonly unknown[]) {
  return {
    totalCount: total,
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: cursor(start + index) })),
    pageInfo: {
      hasNextPage: end < total,
      hasPreviousPage: start > 0,
      startCursor: nodes.length === 0 ? null : cursor(start),
      endCursor: nodes.length === 0 ? null : cursor(start + nodes.length - 1),
    },
  }
}

/** Which items the arguments ask for. Throws as GitHub does where neither bound is given, or one is over 100. */
export function pageWindow(name: string, args: PageArguments, total: number): Window {
  checkBounds(name, args)
  let start = args.after == null ? 0 : Math.min(position(args.after) + 1, total)
  let end = args.before == null ? total : Math.min(position(args.before), total)
  if (args.first != null) end = Math.min(end, start + args.first)
  if (args.last != null) start = Math.max(start, end - args.last)
  return { start, end: Math.max(start, end), total }
}

function checkBounds(name: string, { first, last }: PageArguments): void {
  if (first == null && last == null) {
    const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`
    throw new Refusal('MISSING_PAGINATION_BOUNDARIES', message)
  }
  for (const [bound, value] of Object.entries({ first, last })) {
    if (value == null) continue
    if (value < 0)
      throw new Refusal('UNPROCESSABLE', `\`${bound}\` on the \`${name}\` connection cannot be less than zero.`)
    if (value > MAX_PAGE) {
      const asked = `Requesting ${value} records on the \`${name}\` connection`
      throw new Refusal('EXCESSIVE_PAGINATION', `${asked} exceeds the \`${bound}\` limit of ${MAX_PAGE} records.`)
    }
  }
}

function cursor(index: number): string {
  return Buffer.from(`cursor:v2:${index}`).toString('base64')
}

function position(text: string): number {
  const match = /^cursor:v2:(\d+)$/.exec(Buffer.from(text, 'base64').toString('utf8'))
  if (match === null) throw new Refusal('UNPROCESSABLE', `\`${text}\` does not appear to be a valid cursor.`)
  return Number(match[1])
}
