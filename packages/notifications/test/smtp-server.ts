import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { SelfSigned } from './self-signed.ts'

export interface ReceivedMail {
  from: string
  to: string[]
  /** Headers and body as they came, dots undone. */
  source: string
  auth: string | null
}

/** What a client says, up to its first blank, and the answer in place of the usual one. */
export type SmtpFaults = Partial<Record<'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'BODY', string[]>>

export interface SmtpServerOptions {
  silent?: boolean
  /** With STARTTLS (RFC 3207), and AUTH behind it only; `fromStart`: TLS before the first word. */
  tls?: SelfSigned & { fromStart?: boolean }
}

/** A mail server on 127.0.0.1: RFC 5321 with AUTH PLAIN. */
export async function smtpServer({ silent = false, tls }: SmtpServerOptions = {}) {
  const mails: ReceivedMail[] = []
  const commands: string[] = []
  const faults: SmtpFaults = {}
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    if (silent) return
    const session = { mails, commands, faults }
    if (tls?.fromStart) serve(encrypted(socket, tls), session)
    else serve(socket, { ...session, ...(tls && { startTls: tls }) })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    commands,
    faults,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

interface Session {
  mails: ReceivedMail[]
  commands: string[]
  faults: SmtpFaults
  /** Not yet encrypted, and to be. */
  startTls?: SelfSigned
}

/** What fails in TLS is the client's to tell. */
function encrypted(socket: Socket, certificate: SelfSigned): TLSSocket {
  const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ ...certificate }) })
  return secure.on('error', () => undefined)
}

function serve(socket: Socket, session: Session, greeting = '220 ready\r\n'): void {
  const { mails, commands, faults, startTls } = session
  let pending = ''
  let isData = false
  let mail: ReceivedMail = { from: '', to: [], source: '', auth: null }
  const say = (verb: keyof SmtpFaults, usual: string) => {
    const answer = faults[verb]?.shift() ?? usual
    socket.write(`${answer}\r\n`)
    return answer.startsWith('2') || answer.startsWith('3')
  }

  function body(): void {
    const end = pending.indexOf('\r\n.\r\n')
    if (end < 0) return
    mail.source = pending.slice(0, end + 2).replaceAll('\r\n..', '\r\n.')
    pending = pending.slice(end + 5)
    isData = false
    if (say('BODY', '250 taken')) mails.push(mail)
    mail = { ...mail, from: '', to: [], source: '' }
  }

  function command(line: string): void {
    commands.push(line)
    const verb = line.split(/[ :]/)[0]?.toUpperCase()
    const address = /<(.*?)>/.exec(line)?.[1] ?? ''
    if (verb === 'EHLO') say('EHLO', `250-here\r\n250-${startTls ? 'STARTTLS' : 'AUTH PLAIN'}\r\n250 8BITMIME`)
    else if (verb === 'STARTTLS' && startTls) begin(startTls)
    else if (verb === 'AUTH' && say('AUTH', '235 welcome')) mail.auth = line.split(' ')[2] ?? null
    else if (verb === 'MAIL' && say('MAIL', '250 ok')) mail.from = address
    else if (verb === 'RCPT' && say('RCPT', '250 ok')) mail.to.push(address)
    else if (verb === 'DATA') isData = say('DATA', '354 go on')
    else if (verb === 'QUIT') socket.end('221 bye\r\n')
    else if (verb === 'RSET') socket.write('250 ok\r\n')
    else if (verb !== 'AUTH' && verb !== 'MAIL' && verb !== 'RCPT') socket.write('502 not here\r\n')
  }

  function begin(certificate: SelfSigned): void {
    socket.write('220 go on\r\n')
    socket.removeAllListeners('data')
    serve(encrypted(socket, certificate), { mails, commands, faults }, '')
  }

  socket.write(greeting)
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1')
    while (pending !== '') {
      if (isData) {
        body()
        return
      }
      const end = pending.indexOf('\r\n')
      if (end < 0) return
      const line = pending.slice(0, end)
      pending = pending.slice(end + 2)
      command(line)
    }
  })
}
