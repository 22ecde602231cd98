import type { Connection } from './connect.js'

/**
 * Connections to one account: made when needed, lent to one at a time, never more than the server allows. They are made one
 * after another: a server that minds their number is asked for one too many, and not for all of them at once.
 */
export interface Pool {
  /** How many there may be. */
  readonly limit: number
  /** How many there are, or are being made. */
  readonly open: number
  /** @param folder - the one that is wanted open, if any is */
  take(folder: string | null): Promise<Connection>
  giveBack(connection: Connection): void
  /** Closes a connection that is of no more use. */
  drop(connection: Connection): void
  /** Allows no more than so many from now on, and one at least. */
  lower(limit: number): void
  close(): Promise<void>
}

/** @param isCrowded - whether an error says that the server takes no more connections */
export function createPool(
  jobs: number,
  make: () => Promise<Connection>,
  isCrowded: (error: unknown) => boolean,
): Pool {
  const idle: Connection[] = []
  const waiting: (() => void)[] = []
  let [limit, open, isClosed, isMaking] = [Math.max(1, jobs), 0, false, false]
  const wakeOne = () => waiting.shift()?.()
  const lower = (most: number) => {
    limit = Math.max(1, Math.min(limit, most))
  }
  const drop = ({ client }: Connection) => {
    open--
    client.close()
    wakeOne()
  }
  const takeIdle = (folder: string | null): Connection | null => {
    for (const dead of idle.filter(({ client }) => !client.usable)) {
      idle.splice(idle.indexOf(dead), 1)
      drop(dead)
    }
    const at = folder === null ? -1 : idle.findIndex(({ client }) => client.mailbox && client.mailbox.path === folder)
    return idle.splice(Math.max(0, at), 1)[0] ?? null
  }
  const makeOne = async (): Promise<Connection | null> => {
    open++
    isMaking = true
    try {
      return await make()
    } catch (error) {
      open--
      // Others are open: theirs is the number that the server allows.
      if (open === 0 || !isCrowded(error)) throw error
      lower(open)
      return null
    } finally {
      isMaking = false
      wakeOne()
    }
  }
  return {
    get limit() {
      return limit
    },
    get open() {
      return open
    },
    async take(folder) {
      for (;;) {
        if (isClosed) throw new Error('the session is closed')
        const connection = takeIdle(folder)
        if (connection !== null) return connection
        const isRoom = open < limit && !isMaking
        const made = isRoom ? await makeOne() : null
        if (made !== null) return made
        // Where none could be made, one may have come back meanwhile.
        if (!isRoom) await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
    giveBack(connection) {
      if (!connection.client.usable || open > limit || isClosed) return drop(connection)
      idle.push(connection)
      wakeOne()
    },
    drop,
    lower,
    async close() {
      isClosed = true
      for (const wake of waiting.splice(0)) wake()
      await Promise.all(idle.splice(0).map(({ client }) => logOut(client)))
    },
  }
}

/** Waits for no server longer than a moment. */
const FAREWELL = 2_000

async function logOut(client: Connection['client']): Promise<void> {
  const timer = setTimeout(() => client.close(), FAREWELL)
  try {
    await client.logout()
  } catch {
    // It is closed all the same.
  } finally {
    clearTimeout(timer)
    client.close()
  }
}
