import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { EXIT } from '../errors.js'
import { interruption, throwIfInterrupted } from './interruption.js'

let isClosed = false

/** A reader that goes away early (`| head`) is no error: what is left is not written, and the run ends as it would have. */
export function watchStandardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') endUnwritten(error)
    isClosed = true
  })
  process.stderr.on('error', () => {})
}

/** A result that could not be written (a full disk) must not look like one that was, nor like a bug. */
function endUnwritten(error: Error): never {
  process.stderr.write(
    `error: standard output cannot be written: ${error.message}\nhint: Make room, or --save FILE. What a run changed stays: mbaudit runs.\n`,
  )
  process.exit(EXIT.partial)
}

/** Pieces are gathered to this many characters before they are written. */
const WRITE_AT = 65_536

/** Writes a result to standard output, no faster than it is read. */
export async function writeStandardOutput(chunks: Iterable<string>): Promise<void> {
  let gathered = ''
  for (const chunk of chunks) {
    gathered += chunk
    if (gathered.length < WRITE_AT) continue
    await writeOut(gathered)
    gathered = ''
    throwIfInterrupted()
    if (isClosed) return
  }
  if (gathered !== '') await writeOut(gathered)
}

async function writeOut(text: string): Promise<void> {
  if (isClosed) return
  const hasRoom = process.stdout.write(text)
  await (hasRoom ? setImmediate() : untilRoom())
}

/** Waits until what was written has been read, or nobody reads any more, or the run is to end. */
async function untilRoom(): Promise<void> {
  const options = { signal: interruption }
  try {
    await Promise.race([once(process.stdout, 'drain', options), once(process.stdout, 'close', options)])
  } catch (cause) {
    if (!interruption.aborted && !isClosed) throw cause
  }
}
