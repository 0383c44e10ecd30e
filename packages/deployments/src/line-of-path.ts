import { type JsonValue, parsePath } from '@pullwright/core'
import { isNode, LineCounter, parseDocument } from 'yaml'

/** The line, from 1, where a path of the configuration stands in a committed file, JSON or YAML; null where it does not. */
export function lineOfPath(file: string, path: string): number | null {
  const lines = new LineCounter()
  // JSON is YAML, so one reader does for both.
  const document = parseDocument(file, { lineCounter: lines, keepSourceTokens: false })
  const node = document.getIn(['config', ...parsePath(path)] as JsonValue[], true)
  const start = isNode(node) ? node.range?.[0] : undefined
  return start === undefined ? null : lines.linePos(start).line
}
