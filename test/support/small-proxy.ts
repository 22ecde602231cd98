import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface SmallProxy extends AsyncDisposable {
  readonly port: number
  /** `host:port` of each connection that was asked for. */
  readonly asked: string[]
}

/** Whom the proxy lets in; null lets all. */
export interface ProxyUser {
  readonly user: string
  readonly password: string
}

/** An HTTP proxy that knows CONNECT (RFC 9110 §9.3.6). */
export function startHttpProxy(only: ProxyUser | null = null): Promise<SmallProxy> {
  return startProxy((client, asked) => {
    client.once('data', (request) => {
      const text = request.toString('latin1')
      const target = /^CONNECT (\S+) HTTP/.exec(text)?.[1] ?? ''
      const basic = /^Proxy-Authorization: Basic (\S+)/im.exec(text)?.[1] ?? ''
      const given = Buffer.from(basic, 'base64').toString()
      if (only !== null && given !== `${only.user}:${only.password}`) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
        return
      }
      asked.push(target)
      tunnel(client, target, 'HTTP/1.1 200 OK\r\n\r\n')
    })
  })
}

/** A SOCKS 5 proxy (RFC 1928, RFC 1929), for names and IPv4. */
export function startSocksProxy(only: ProxyUser | null = null): Promise<SmallProxy> {
  return startProxy((client, asked) => {
    const onRequest = (request: Buffer) => {
      const isName = request[3] === 3
      const end = isName ? 5 + (request[4] ?? 0) : 8
      const host = isName ? request.toString('latin1', 5, end) : [...request.subarray(4, end)].join('.')
      const target = `${host}:${request.readUInt16BE(end)}`
      asked.push(target)
      tunnel(client, target, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
    }
    client.once('data', () => {
      client.write(Buffer.from([5, only === null ? 0 : 2]))
      client.once('data', (second) => {
        if (only === null) return onRequest(second)
        const [userEnd, given] = [2 + (second[1] ?? 0), second]
        const user = given.toString('latin1', 2, userEnd)
        const password = given.toString('latin1', userEnd + 1, userEnd + 1 + (given[userEnd] ?? 0))
        const isRight = user === only.user && password === only.password
        client.write(Buffer.from([1, isRight ? 0 : 1]))
        if (isRight) client.once('data', onRequest)
        else client.end()
      })
    })
  })
}

function tunnel(client: Socket, target: string, greeting: string | Buffer): void {
  const [host = '', port = ''] = target.split(':')
  const server = connect({ host, port: Number(port) }, () => {
    client.write(greeting)
    client.pipe(server).pipe(client)
  })
  server.on('error', () => client.destroy())
  client.on('error', () => server.destroy()).on('close', () => server.destroy())
}

async function startProxy(onClient: (client: Socket, asked: string[]) => void): Promise<SmallProxy> {
  const asked: string[] = []
  const clients = new Set<Socket>()
  const server = createServer((client) => {
    clients.add(client)
    client.on('error', () => undefined)
    onClient(client, asked)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
