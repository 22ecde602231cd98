import { connect, type Socket } from 'node:net'

/** A second, plain opinion of an account: commands as they are written, answers as they come. */
export interface RawImap extends AsyncDisposable {
  /**
   * Sends a command and waits for its end. A Buffer goes as a literal.
   *
   * @returns the untagged answers, Latin-1
   * @throws what the server says where it is not OK
   */
  command(...words: readonly (string | Buffer)[]): Promise<string>
}

/** Logs in on loopback, without encryption. */
export async function connectRaw(port: number, user: string, password = 'secret'): Promise<RawImap> {
  const socket = connect(port, '127.0.0.1')
  const answers = readerOf(socket)
  let commands = 0
  await answers.until(/^\* OK.*?\r\n/s)
  const raw: RawImap = {
    command: async (...words) => {
      const tag = `a${++commands}`
      socket.write(tag)
      for (const word of words) {
        if (typeof word === 'string') socket.write(` ${word}`, 'latin1')
        else {
          socket.write(` {${word.length}}\r\n`)
          const answer = await answers.until(new RegExp(`^(?:\\* [^\\n]*\\n)*(?:\\+|${tag} )[^\\n]*\\n`))
          if (!/^\+/m.test(answer)) throw new Error(answer)
          socket.write(word)
        }
      }
      socket.write('\r\n')
      const answer = await answers.until(new RegExp(`^(?:.*\\r\\n)?${tag} (?:OK|NO|BAD)[^\\n]*\\n`, 's'))
      const last = answer.slice(answer.lastIndexOf(`${tag} `))
      if (!last.startsWith(`${tag} OK`)) throw new Error(last.trim())
      return answer.slice(0, -last.length)
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
    },
  }
  await raw.command('LOGIN', `"${user}"`, `"${password}"`)
  return raw
}

/** Collects what comes until it matches, and gives that much. */
function readerOf(socket: Socket): { until(pattern: RegExp): Promise<string> } {
  let got = ''
  let failure: Error | null = null
  let wake = () => {}
  socket.on('data', (octets) => {
    got += octets.toString('latin1')
    wake()
  })
  const end = (error?: Error) => {
    failure ??= error ?? new Error(`the connection was closed: ${got}`)
    wake()
  }
  socket.on('error', end).on('close', () => end())
  return {
    until: async (pattern) => {
      for (;;) {
        const match = pattern.exec(got)
        if (match !== null) {
          got = got.slice(match[0].length)
          return match[0]
        }
        if (failure !== null) throw failure
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
