import { isIP, type LookupFunction, connect as netConnect, type Socket, type TcpNetConnectOpts } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { buildConnector } from 'undici'
import type { ResolvedAddress } from './egress-guard.ts'
import type { SetTimer } from './timer.ts'
import { classify, TransportFailure } from './transport-error.ts'

export interface ConnectTimings {
  dns: number | null
  connect: number | null
  tls: number | null
}

/** The request a connection is opened for. */
export interface Ticket {
  connectTimeoutMs: number
  timings: ConnectTimings
}

export interface ConnectorOptions {
  resolve: (hostname: string) => Promise<readonly ResolvedAddress[]>
  /** The request being dispatched at this moment: undici opens a connection within the call that needs it. */
  currentTicket: () => Ticket | null
  setTimer: SetTimer
  defaultTimeoutMs: number
  /** Certificates to trust instead of Node's. */
  ca?: string | readonly string[] | undefined
}

/**
 * Opens a socket to an address that `resolve` let through: the name is looked up once, here, and the socket goes to
 * that very answer, while SNI, certificate check and `Host` keep the name.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  return ({ hostname, protocol, port }, callback) => {
    const ticket = options.currentTicket() ?? {
      connectTimeoutMs: options.defaultTimeoutMs,
      timings: { dns: null, connect: null, tls: null },
    }
    const secure = protocol === 'https:'
    const tcp: TcpNetConnectOpts = {
      host: hostname,
      port: Number(port) || (secure ? 443 : 80),
      lookup: lookupOf(options.resolve),
    }
    const socket = secure ? openTls(tcp, hostname, options.ca) : netConnect(tcp)
    socket.setNoDelay(true).setKeepAlive(true, 60_000)
    const cancelTimer = options.setTimer(
      () => socket.destroy(new TransportFailure('timeout-connect')),
      ticket.connectTimeoutMs,
    )
    measure(socket, ticket.timings)
    settle(socket, secure, (error) => {
      cancelTimer()
      if (error === null) callback(null, socket)
      else callback(error, null)
    })
  }
}

function openTls(tcp: TcpNetConnectOpts, hostname: string, ca: ConnectorOptions['ca']): Socket {
  const name = hostname.replace(/\.+$/, '')
  // Loaded at the first connection that needs it: it takes as long as all else of this folder.
  return process.getBuiltinModule('node:tls').connect({
    ...(tcp as ConnectionOptions),
    ALPNProtocols: ['http/1.1'],
    // An address is no server name (RFC 6066, 3); its certificate is checked against the address.
    ...(isIP(hostname) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
  })
}

/** Node asks with `all` where it may try several addresses at once (RFC 8305). */
function lookupOf(resolve: ConnectorOptions['resolve']): LookupFunction {
  return (hostname, { all }, callback) => {
    resolve(hostname).then(
      (answers) => {
        const [first] = answers
        if (first === undefined) callback(new TransportFailure('dns'), '', 0)
        else if (all === true) callback(null, [...answers])
        else callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    )
  }
}

function measure(socket: Socket, timings: ConnectTimings): void {
  let mark = performance.now()
  const lap = (): number => {
    const before = mark
    mark = performance.now()
    return mark - before
  }
  socket.once('lookup', () => {
    timings.dns = lap()
  })
  socket.once('connect', () => {
    timings.connect = lap()
  })
  socket.once('secureConnect', () => {
    timings.tls = lap()
  })
}

function settle(socket: Socket, secure: boolean, done: (error: Error | null) => void): void {
  let connected = false
  const succeed = () => {
    socket.off('error', fail)
    done(null)
  }
  const fail = (error: Error) => {
    socket.off(secure ? 'secureConnect' : 'connect', succeed)
    done(connected && secure && classify(error) === 'reset' ? new TransportFailure('tls', { cause: error }) : error)
  }
  socket.once('connect', () => {
    connected = true
  })
  socket.once(secure ? 'secureConnect' : 'connect', succeed)
  socket.once('error', fail)
}
