import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

interface Node {
  type: string
  value?: string
  url?: string
  depth?: number
  ordered?: boolean
  children?: Node[]
  position?: { start: { offset?: number }; end: { offset?: number } }
}

/** What a reader of the rendered Markdown would see, as a parser of GitHub's dialect has it. */
export interface Seen {
  /** Types of all nodes. */
  types: Set<string>
  /** Visible text outside of code, node for node: where forges look for mentions and references. */
  texts: string[]
  /** Inline code and code blocks. */
  codes: string[]
  headings: string[]
  links: string[]
  /** HTML that is not ours, and how many of our folds are open at the end. */
  html: string[]
  folds: number
  /** Code blocks whose end is the text's end or another thing than their own fence. */
  open: number
  nested: number
}

export function readMarkdown(markdown: string): Seen {
  const tree = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }) as Node
  const seen: Seen = {
    types: new Set(),
    texts: [],
    codes: [],
    headings: [],
    links: [],
    html: [],
    folds: 0,
    open: 0,
    nested: 0,
  }
  visit(tree, 0)
  return seen

  function visit(node: Node, listDepth: number): void {
    seen.types.add(node.ordered ? 'orderedList' : node.type)
    if (node.type === 'text') seen.texts.push(node.value ?? '')
    if (node.type === 'inlineCode' || node.type === 'code') seen.codes.push(node.value ?? '')
    if (node.type === 'heading') seen.headings.push(`${'#'.repeat(node.depth ?? 0)} ${plain(node)}`)
    if (node.type === 'link') seen.links.push(node.url ?? '')
    if (node.type === 'list' && listDepth > 0) seen.nested++
    if (node.type === 'html') visitHtml(node.value ?? '')
    if (node.type === 'code' && !isClosed(markdown, node)) seen.open++
    for (const child of node.children ?? []) visit(child, listDepth + (node.type === 'list' ? 1 : 0))
  }

  function visitHtml(value: string): void {
    if (/^<details>\n<summary>[A-Za-z0-9 :,]+<\/summary>$/.test(value)) seen.folds++
    else if (value === '</details>' && seen.folds > 0) seen.folds--
    else seen.html.push(value)
  }
}

function isClosed(markdown: string, node: Node): boolean {
  const source = markdown.slice(node.position?.start.offset ?? 0, node.position?.end.offset)
  const fence = /^`{3,}/.exec(source)?.[0]
  return fence !== undefined && source.split('\n').at(-1) === fence
}

function plain(node: Node): string {
  return node.value ?? (node.children ?? []).map(plain).join('')
}
