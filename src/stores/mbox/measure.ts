import { StoreUnreadableError } from '../../errors.js'
import { codeOf, giveWay, whyOf } from '../file-reader.js'
import { showOctets } from '../octet-name.js'
import type { FolderMeasure } from '../store.js'
import { ReadableFile } from './file.js'
import { isInternalData } from './internal-data.js'
import type { MboxFile } from './mbox-file.js'
import { hasLengths } from './quoting.js'
import { nextMessage, sourceOf } from './source.js'
import { MboxSplitter } from './splitter.js'

const MESSAGES_AT_ONCE = 2_000

/**
 * Counts the messages of an mbox file and their octets by its separators alone.
 *
 * @throws StoreUnreadableError
 */
export async function measureMbox(mbox: MboxFile): Promise<FolderMeasure> {
  try {
    return await countMessages(mbox)
  } catch (error) {
    const hint = 'Run it as a user who may read it; check the disk.'
    throw new StoreUnreadableError(showOctets(mbox.path), `${showOctets(mbox.path)}: ${whyOf(error)}`, hint)
  }
}

async function countMessages(mbox: MboxFile): Promise<FolderMeasure> {
  using file = new ReadableFile(mbox.path)
  const source = sourceOf(file, mbox.compression)
  const splitter = new MboxSplitter({ far: source.far, trustsLengths: hasLengths(mbox.variant) })
  let messages = 0
  let octets = 0
  try {
    for (let isFirst = true; ; isFirst = false) {
      const coming = nextMessage(splitter, source)
      const message = coming instanceof Promise ? await coming : coming
      if (message === null) break
      if (isFirst && isInternalData(message.octets)) continue
      octets += message.octets.length
      if (++messages % MESSAGES_AT_ONCE === 0) await giveWay()
    }
  } catch (error) {
    // What is damaged or cut off counts as far as it can be read; a scan tells of it.
    if (mbox.compression === null || !codeOf(error).startsWith('Z_')) throw error
  }
  return { messages, octets }
}
