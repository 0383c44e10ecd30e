/** One field of a form. A file has a `filename`. */
export interface FormField {
  name: string
  filename: string | null
  data: Buffer
}

/** The fields of `multipart/form-data` or `application/x-www-form-urlencoded`; null where it is neither or broken. */
export function parseForm(contentType: string, body: Buffer): FormField[] | null {
  if (/^application\/x-www-form-urlencoded/i.test(contentType)) {
    return [...new URLSearchParams(body.toString('utf8'))].map(([name, value]) => ({
      name,
      filename: name.startsWith('/') ? name : null,
      data: Buffer.from(value),
    }))
  }
  const boundary = /^multipart\/form-data;.*?boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  return boundary === undefined ? null : parseMultipart(body, `--${boundary}`)
}

/** RFC 7578; names are UTF-8, with `"`, CR and LF percent-encoded as browsers do. */
function parseMultipart(body: Buffer, delimiter: string): FormField[] | null {
  const fields: FormField[] = []
  let at = body.indexOf(delimiter)
  while (at >= 0) {
    const start = at + delimiter.length
    if (body.toString('latin1', start, start + 2) === '--') return fields
    const head = body.indexOf('\r\n\r\n', start)
    const end = body.indexOf(`\r\n${delimiter}`, head)
    if (head < 0 || end < 0) return null
    const disposition = /content-disposition:\s*form-data;([^\r\n]*)/i.exec(body.toString('utf8', start, head))?.[1]
    const name = /(?:^|;)\s*name="([^"]*)"/i.exec(disposition ?? '')?.[1]
    if (name === undefined) return null
    const filename = /;\s*filename="([^"]*)"/i.exec(disposition ?? '')?.[1] ?? null
    fields.push({ name: unescapeName(name), filename, data: body.subarray(head + 4, end) })
    at = end + 2
  }
  return null
}

function unescapeName(name: string): string {
  return name.replace(/%(22|0D|0A)/gi, (code) => decodeURIComponent(code))
}
