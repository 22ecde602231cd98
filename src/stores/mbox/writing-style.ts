import { EXIT, MbauditError } from '../../errors.js'
import { showOctets } from '../octet-name.js'
import { ReadableFile } from './file.js'
import type { MboxFile } from './mbox-file.js'
import { hasQuotedFrom, likelyVariant } from './quoting.js'
import { SplitterAt } from './splitter-at.js'
import type { WritingStyle } from './writing-rendition.js'

/** By so many octets from its start on a file shows its dialect. */
const LOOKED_AT = 1 << 28

/**
 * How messages stand in a file: as the user insists, else as those that are there; mboxrd where there are none.
 *
 * @throws MbauditError where nothing may be written into the file
 */
export async function learnStyle(mbox: MboxFile): Promise<WritingStyle> {
  using file = new ReadableFile(mbox.path)
  const isInsisted = mbox.variant !== null
  if (file.state().size === 0) return { variant: mbox.variant ?? 'mboxrd', isInsisted, lineEnd: '\n' }
  const splitter = await SplitterAt.open(file, mbox.variant)
  if (splitter === null) throw unwritable(mbox, 'it is no mbox: no message begins in it')
  if (splitter.dialect.lineEnding === CR) throw unwritable(mbox, 'its lines end in lone CRs')
  const first = Buffer.alloc(LINE)
  const line = first.toString('latin1', 0, file.read(first, splitter.first))
  const lineEnd = /^[^\n]*\r\n/.test(line) ? '\r\n' : '\n'
  return { variant: mbox.variant ?? (await learnVariant(splitter)), isInsisted, lineEnd }
}

const CR = 13
const LINE = 8_192

async function learnVariant(splitter: SplitterAt) {
  const counts = { messages: 0, withLength: 0, withBareFrom: 0, withQuotedFrom: 0 }
  for (let message = await splitter.at(splitter.first); message !== null && message.offset < LOOKED_AT; ) {
    counts.messages++
    if (message.hasLength) counts.withLength++
    if (message.hasBareFrom) counts.withBareFrom++
    if (hasQuotedFrom(message.octets)) counts.withQuotedFrom++
    message = await splitter.next()
  }
  return likelyVariant(counts)
}

/** @param why - what speaks against it */
export function unwritable({ path }: Pick<MboxFile, 'path'>, why: string): MbauditError {
  const hint = 'Copy its mail into a new mbox, and write to that.'
  return new MbauditError('REFUSED', EXIT.partial, `${showOctets(path)} is not written to: ${why}`, hint)
}
