import { fromMarkdown } from 'mdast-util-from-markdown'

/** A piece of code that a Markdown page shows, or that it keeps in a comment for those that it shows. */
export interface Snippet {
  /** The word after the fence; `sh` for an indented block. Empty where a fence names none. */
  lang: string
  /** What `file=` says after the word. Null where it says nothing. */
  file: string | null
  code: string
  /** The line of the page that the code begins on, counted from 1. */
  line: number
  /** Written in a comment, `<!-- given … -->`: what the page's code may take for granted. No reader sees it. */
  hidden: boolean
}

interface Node {
  type: string
  value?: string
  lang?: string | null | undefined
  meta?: string | null | undefined
  position?: { start: { line: number; offset?: number | undefined } } | undefined
  children?: Node[]
}

/** Every piece of code of a page, in order. Commands and names within a sentence are none. */
export function readSnippets(markdown: string): Snippet[] {
  const found: Snippet[] = []
  const visit = (node: Node) => {
    if (node.type === 'code') found.push(shown(node, markdown))
    else if (node.type === 'html') found.push(...given(node))
    else for (const child of node.children ?? []) visit(child)
  }
  visit(fromMarkdown(markdown))
  return found
}

function shown({ lang, meta, value = '', position }: Node, markdown: string): Snippet {
  const { line = 1, offset = 0 } = position?.start ?? {}
  const fenced = /^(```|~~~)/.test(markdown.slice(offset))
  const file = /(?:^|\s)file=(\S+)/.exec(meta ?? '')?.[1] ?? null
  return { lang: fenced ? (lang ?? '') : 'sh', file, code: value, line: fenced ? line + 1 : line, hidden: false }
}

function given({ value = '', position }: Node): Snippet[] {
  const [, file = null, code] = /^<!-- given(?: file=(\S+))?\n(.*)\n-->$/s.exec(value) ?? []
  return code === undefined ? [] : [{ lang: 'ts', file, code, line: (position?.start.line ?? 1) + 1, hidden: true }]
}
