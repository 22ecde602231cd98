import type { Socket } from 'node:net'

/** The lines that a server says on a socket, one asked for at a time. */
export class WireLines {
  readonly #socket: Socket
  readonly #patience: number
  #heard = ''
  #isEnded = false
  #wake: () => void = () => {}

  /** @param patience - milliseconds that a line is waited for */
  constructor(socket: Socket, patience: number) {
    this.#socket = socket
    this.#patience = patience
    socket.on('data', this.#hear)
    socket.on('close', this.#end)
    socket.on('error', this.#end)
  }

  readonly #hear = (octets: Buffer): void => {
    this.#heard += octets.toString('latin1')
    this.#wake()
  }

  readonly #end = (): void => {
    this.#isEnded = true
    this.#wake()
  }

  /** The next line; null where none came in time, or none will come. */
  async next(): Promise<string | null> {
    const until = setTimeout(this.#end, this.#patience)
    try {
      for (;;) {
        const end = this.#heard.indexOf('\n')
        if (end >= 0) return this.#take(end)
        if (this.#isEnded || this.#heard.length > LONGEST) return null
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(until)
    }
  }

  #take(end: number): string {
    const line = this.#heard.slice(0, end).replace(/\r$/, '')
    this.#heard = this.#heard.slice(end + 1)
    return line
  }

  /** Says a command and gives the untagged answers to it; null where it was refused or not answered. */
  async ask(command: string): Promise<readonly string[] | null> {
    const tag = `d${command.length}x`
    this.#socket.write(`${tag} ${command}\r\n`)
    const answers: string[] = []
    for (let line = await this.next(); line !== null; line = await this.next()) {
      if (line.startsWith(`${tag} `)) return /^\S+ OK\b/i.test(line) ? answers : null
      answers.push(line)
    }
    return null
  }

  /** Leaves the socket to another. */
  release(): void {
    this.#socket.off('data', this.#hear)
    this.#socket.off('close', this.#end)
    this.#socket.off('error', this.#end)
  }
}

/** Octets of a line that is no greeting and no answer of an IMAP server any more. */
const LONGEST = 64 * 1024
