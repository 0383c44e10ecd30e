/**
 * A pull request as a page that looks much like a forge's.
 *
 * @param {{ title: string, about: string, html: string, labels: string[], commitMessage: string, dark: boolean }} parts
 */
export function goldenPage({ title, about, html, labels, commitMessage, dark }) {
  const shownLabels = labels.map((label) => `<span class="label">${escaped(label)}</span>`).join(' ')
  return `<!doctype html>
<html lang="en" class="${dark ? 'dark' : 'light'}">
<meta charset="utf-8">
<title>0</title>
<style>${STYLE}</style>
<p class="about">${escaped(about)}</p>
<h1 class="title">${escaped(title)}</h1>
<p>${shownLabels}</p>
<article>${coloured(html)}</article>
<p class="about">Commit message</p>
<pre class="commit">${escaped(commitMessage)}</pre>
<script>document.title = String(document.documentElement.scrollHeight + 8)</script>
</html>
`
}

/** Lines of a diff in green and red, as forges show them. */
function coloured(html) {
  return html.replace(/<pre><code class="language-diff">([\s\S]*?)<\/code><\/pre>/g, (_, code) => {
    const lines = code
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => {
        const kind = { '+': 'added', '-': 'removed', '@': 'hunk' }[line[0] ?? ''] ?? 'same'
        return `<span class="${kind}">${line === '' ? ' ' : line}</span>`
      })
    return `<pre><code>${lines.join('')}</code></pre>`
  })
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

const STYLE = `
:root { --ink: #1f2328; --soft: #59636e; --paper: #fff; --line: #d1d9e0; --code: #f6f8fa; --span: #818b981f;
  --added: #dafbe1; --removed: #ffebe9; --hunk: #ddf4ff; --link: #0969da }
.dark { --ink: #f0f6fc; --soft: #9198a1; --paper: #0d1117; --line: #3d444d; --code: #151b23; --span: #656c7633;
  --added: #2ea04326; --removed: #f8514926; --hunk: #388bfd1a; --link: #4493f8 }
body { margin: 16px 24px; color: var(--ink); background: var(--paper);
  font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", Helvetica, Arial, sans-serif }
article { border: 1px solid var(--line); border-radius: 6px; padding: 16px }
.about { color: var(--soft); font-size: 12px; margin: 12px 0 4px }
.title { font-size: 24px; font-weight: 400; margin: 0 0 8px }
.label { border: 1px solid var(--line); border-radius: 2em; padding: 1px 8px; font-size: 12px }
article > :first-child { margin-top: 0 }
article h1 { font-size: 2em } article h2 { font-size: 1.5em } article h3 { font-size: 1.25em }
article h1, article h2 { border-bottom: 1px solid var(--line); padding-bottom: .3em }
h1, h2, h3 { margin: 24px 0 16px; line-height: 1.25; font-weight: 600 }
p, ul, blockquote, table, pre, details { margin: 0 0 16px }
ul { padding-left: 2em } li + li { margin-top: .25em }
li.task-list-item, li:has(> input) { list-style: none; margin-left: -1.4em }
blockquote { border-left: .25em solid var(--line); color: var(--soft); padding: 0 1em; margin-left: 0 }
code, pre { font: 12px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace }
code { background: var(--span); border-radius: 6px; padding: .2em .4em }
pre { background: var(--code); border-radius: 6px; padding: 16px; overflow: auto }
pre code { background: none; padding: 0 }
pre span { display: block } .added { background: var(--added) } .removed { background: var(--removed) } .hunk { background: var(--hunk) }
table { border-collapse: collapse } th, td { border: 1px solid var(--line); padding: 6px 13px }
hr { border: 0; border-top: 4px solid var(--line); margin: 24px 0 } a { color: var(--link) }
`
