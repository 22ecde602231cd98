import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What befalls a connection: `cut` (RST: what was under way is lost), `close` (FIN after what was said so far: the server's words
 * are truncated in an orderly way), `stall` (nothing comes any more, and the connection stays).
 */
export type FaultKind = 'cut' | 'close' | 'stall'

export interface Fault {
  readonly kind: FaultKind
  /** Whose words are counted. */
  readonly from: 'server' | 'client'
  /** It befalls a connection once so many octets were passed on. */
  readonly after: number
  /** Connections from the first one that it befalls. */
  readonly connections: number
  /** Whether what is said on all connections is counted together, so that it befalls the one that is spoken on then. */
  readonly isOfAll?: boolean
}

export interface FaultProxy extends AsyncDisposable {
  readonly port: number
  /** Connections made since the last `set`. */
  readonly connections: () => number
  /** Times that a client spoke after the server had: round trips, as far as what is said depends on what was heard. */
  readonly turns: () => number
  /** Octets that went over all connections since the last `set`. */
  readonly passed: Readonly<Record<Side, number>>
  /** All that went over the first connection since the last `set`. */
  readonly said: { readonly server: Buffer; readonly client: Buffer }
  /** What befalls the connections that are made from now on. */
  set(fault: Fault | null): void
}

/** A proxy in front of a server on loopback. @param delay - milliseconds, for each direction */
export async function startFaultProxy(target: number, delay = 0): Promise<FaultProxy> {
  let fault: Fault | null = null
  let [made, turns] = [0, 0]
  let said = { server: [] as Buffer[], client: [] as Buffer[] }
  let passed = { server: 0, client: 0 }
  /** What all connections together may still say. */
  let common = leftOf()
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const first = ++made === 1 ? said : null
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true })
    const own = fault !== null && made <= fault.connections ? fault : null
    const pair = { server: upstream, client }
    const left = own?.isOfAll === true ? common : leftOf(own?.after)
    let last: Side = 'server'
    const heard = (from: Side, octets: Buffer) => {
      first?.[from].push(octets)
      passed[from] += octets.length
      if (from === 'client' && last === 'server') turns++
      last = from
    }
    for (const from of ['server', 'client'] as const) {
      sockets.add(pair[from])
      pair[from].on('close', () => sockets.delete(pair[from])).on('error', () => undefined)
      passOn(pair, from, own?.from === from ? { ...own, left } : null, delay, heard)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => made,
    turns: () => turns,
    get passed() {
      return passed
    },
    get said() {
      return { server: Buffer.concat(said.server), client: Buffer.concat(said.client) }
    },
    set: (next) => {
      fault = next
      made = 0
      turns = 0
      said = { server: [], client: [] }
      passed = { server: 0, client: 0 }
      common = leftOf(next?.after)
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Side = 'server' | 'client'
type Pair = Readonly<Record<Side, Socket>>

/** What may be said until the fault befalls. */
interface Left {
  octets: number
  hasBefallen: boolean
}

const leftOf = (octets = Number.POSITIVE_INFINITY): Left => ({ octets, hasBefallen: false })

/** Passes on what one of two says, until a fault befalls it. */
function passOn(
  pair: Pair,
  from: Side,
  fault: (Fault & { readonly left: Left }) | null,
  delay: number,
  heard: (from: Side, octets: Buffer) => void,
): void {
  const [source, sink] = from === 'server' ? [pair.server, pair.client] : [pair.client, pair.server]
  const left = fault?.left ?? leftOf()
  let isOver = false
  const later = (act: () => void) => (delay === 0 ? act() : setTimeout(act, delay))
  const strike = () => {
    isOver = true
    if (fault !== null) befall(fault.kind, pair)
  }
  source.on('data', (octets) => {
    if (isOver) return
    // It may have befallen another connection: this one goes on.
    const isCounted = !left.hasBefallen
    const passed = isCounted && octets.length > left.octets ? octets.subarray(0, left.octets) : octets
    left.octets -= passed.length
    heard(from, passed)
    const isLast = isCounted && left.octets <= 0
    if (isLast) left.hasBefallen = true
    if (isLast) isOver = true
    later(() => {
      if (sink.destroyed) return
      const hasRoom = sink.write(passed, () => {
        if (isLast) strike()
      })
      if (hasRoom || isLast) return
      source.pause()
      sink.once('drain', () => source.resume())
    })
  })
  source.on('end', () => later(() => void (isOver || sink.end())))
  source.on('close', () => later(() => void (isOver || sink.destroy())))
}

function befall(kind: FaultKind, { server, client }: Pair): void {
  if (kind === 'stall') return
  if (kind === 'close') client.end()
  else client.resetAndDestroy()
  server.destroy()
}
