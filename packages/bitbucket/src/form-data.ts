import { randomUUID } from 'node:crypto'
import type { RawBody } from './client.ts'

export interface FormPart {
  name: string
  content: string | Uint8Array
  /** Set for a file: Bitbucket takes a part without it for one of its own fields. */
  filename?: string
}

/**
 * A `multipart/form-data` body (RFC 7578). The platform's own would turn the line ends of a commit message into CRLF.
 */
export function formData(parts: readonly FormPart[]): RawBody {
  const boundary = `pullwright-${randomUUID()}`
  const chunks = parts.flatMap(({ name, content, filename }) => {
    const file = filename === undefined ? '' : `; filename="${escapeName(filename)}"`
    const type = filename === undefined ? '' : 'Content-Type: application/octet-stream\r\n'
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"${file}\r\n${type}\r\n`
    return [Buffer.from(head), typeof content === 'string' ? Buffer.from(content) : content, Buffer.from('\r\n')]
  })
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  }
}

/** As browsers do: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function escapeName(name: string): string {
  return name.replace(
    /["\r\n]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
