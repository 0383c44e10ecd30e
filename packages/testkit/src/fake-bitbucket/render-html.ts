const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** What HTML is left of in text that Bitbucket has stored: comments are gone from it. */
export function withoutHtmlComments(raw: string): string {
  return raw.replace(/<!--[\s\S]*?(?:-->|$)/g, '')
}

/** Enough of Markdown to see what a reader sees: links, and everything else as text. */
export function renderHtml(raw: string): string {
  const blocks = raw.split(/\n{2,}/).filter((block) => block.trim() !== '')
  return blocks.map((block) => `<p>${renderInline(block)}</p>`).join('\n')
}

function renderInline(text: string): string {
  const links = /\[([^\]]*)\]\(<?([^)\s>]*)>?(?:\s+"[^"]*")?\)/g
  let html = ''
  let at = 0
  for (const match of text.matchAll(links)) {
    html += escapeHtml(text.slice(at, match.index))
    html += `<a href="${escapeHtml(match[2] ?? '')}" rel="nofollow">${escapeHtml(match[1] ?? '')}</a>`
    at = (match.index ?? 0) + match[0].length
  }
  return html + escapeHtml(text.slice(at))
}
