import { EXIT, MbauditError } from '../../errors.js'
import { showOctets } from '../octet-name.js'
import { locator } from '../store.js'
import type { Outcome } from '../writable.js'
import type { WritingFile } from './writing-file.js'
import { type AppendMark, endOf, type FileEnd } from './writing-mark.js'
import type { Rendition, Unwritable } from './writing-rendition.js'
import { keepText } from './writing-scratch.js'

/** Where it is kept that messages went to another place than the mark says. */
export const placePath = (base: string): string => `${base}.place`

/**
 * Puts messages at the end of a file, durably, in one go.
 *
 * @param file - opened to append, under its locks
 * @returns an outcome for each, with the offset in the file
 */
export async function append(
  file: WritingFile,
  mark: AppendMark,
  renditions: readonly (Rendition | Unwritable)[],
  lineEnd: '\n' | '\r\n',
): Promise<readonly Outcome[]> {
  const end = await agreeOnEnd(file, mark, lineEnd)
  const pieces = [Buffer.from(end.pad), ...renditions.flatMap((each) => ('why' in each ? [] : each.pieces))]
  try {
    file.append(pieces)
    await file.sync()
  } catch (error) {
    await takeBack(file, end.size)
    throw error
  }
  if (file.size !== end.size + file.appended) throw interleaved(file)
  return outcomesOf(mark, end)
}

/** Other programs may have appended since the mark was made: then it is noted where ours begin, before they do. */
async function agreeOnEnd(file: WritingFile, { base, end }: AppendMark, lineEnd: '\n' | '\r\n'): Promise<FileEnd> {
  const now = endOf(file, lineEnd)
  if (JSON.stringify(now) !== JSON.stringify(end)) await keepText(placePath(base), JSON.stringify(now))
  return now
}

/** What could not be written in full is taken away again, unless another program wrote behind it; settling sorts that out. */
async function takeBack(file: WritingFile, size: number): Promise<void> {
  if (file.size !== size + file.appended) return
  file.truncate(size)
  await file.sync()
}

/** A program that keeps to no lock wrote at the same time. */
function interleaved(file: WritingFile): MbauditError {
  const hint = 'It keeps to no lock of the mailbox; what arrived is found out before anything else is done.'
  const message = `another program wrote into ${showOctets(file.path)} at the same time`
  return new MbauditError('FOLDER_CHANGED', EXIT.partial, message, hint)
}

function outcomesOf({ messages }: AppendMark, { size, pad }: FileEnd): readonly Outcome[] {
  let at = size + pad.length
  return messages.map((message): Outcome => {
    const { token } = message
    if ('why' in message) return { token, outcome: 'refused', words: message.why }
    const outcome: Outcome = { token, outcome: 'done', locator: locator(`offset=${at}`) }
    at += message.length
    return outcome
  })
}
