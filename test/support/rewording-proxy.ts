import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface RewordingProxy extends AsyncDisposable {
  readonly port: number
}

/**
 * A proxy in front of a server on loopback, which says some of the server's words otherwise. Each is to come in one piece.
 *
 * @param rewordSent - what becomes of what is sent to the server, which then stores it so; as long as it was
 */
export async function startRewordingProxy(
  target: number,
  reword: (text: string) => string,
  rewordSent: (text: string) => string = (text) => text,
): Promise<RewordingProxy> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => [client, upstream].map((each) => each.destroy()))
    }
    client.on('data', (octets) => upstream.write(rewordSent(octets.toString('latin1')), 'latin1'))
    client.on('end', () => upstream.end())
    upstream.on('data', (octets) => client.write(reword(octets.toString('latin1')), 'latin1'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
