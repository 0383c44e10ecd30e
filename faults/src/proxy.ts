import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between workers and their database, and breaks what goes through it. */
export interface TcpProxy {
  readonly port: number
  /** Ends every connection with a reset. */
  reset(): void
  /** Lets nothing through for so long, and breaks nothing. Milliseconds. */
  stall(milliseconds: number): Promise<void>
  /** Lets nothing more through connections that are open now, and never says so: a firewall forgot them. */
  hush(): void
  /** Says to one side that the other has no more to say. */
  halfClose(): void
  /** Takes no connection for so long. */
  refuse(milliseconds: number): Promise<void>
  close(): Promise<void>
}

export async function startProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let refusing = false
  let stalled = false
  const server = createServer((near) => {
    if (refusing) return near.resetAndDestroy()
    const far = connect(target)
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [from, to] of [pair, [far, near]] as const) {
      from.on('error', () => {})
      from.on('close', () => {
        pairs.delete(pair)
        to.destroy()
      })
      from.pipe(to)
      if (stalled) from.pause()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hold = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
  const sockets = () => [...pairs].flat()
  const reset = () => {
    for (const socket of sockets()) socket.resetAndDestroy()
  }

  return {
    port: (server.address() as AddressInfo).port,
    reset,
    async stall(milliseconds) {
      stalled = true
      for (const socket of sockets()) socket.pause()
      await hold(milliseconds)
      stalled = false
      for (const socket of sockets()) socket.resume()
    },
    hush() {
      for (const socket of sockets()) socket.unpipe().pause()
    },
    halfClose() {
      for (const [near] of pairs) near.end()
    },
    async refuse(milliseconds) {
      refusing = true
      reset()
      await hold(milliseconds)
      refusing = false
    },
    async close() {
      reset()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
