/** A small page of ours. `body` is HTML: whatever came from elsewhere must have gone through `escapeHtml`. */
export function page(status: number, title: string, body: string, formTarget = "'none'"): Response {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title><h1>${escapeHtml(title)}</h1>${body}</html>`
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action ${formTarget}`,
      // The address holds a code.
      'referrer-policy': 'no-referrer',
    },
  })
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
