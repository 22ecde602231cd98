import { renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { EXIT, MbauditError } from '../../errors.js'
import { syncDirectory } from '../durable-files.js'
import { openablePath, showOctets } from '../octet-name.js'
import { WritingFile } from './writing-file.js'
import { BLOCK, finish, newTail, octetsOf, type RewritePlan, rewritePaths, writeTail } from './writing-rewrite.js'
import { forget, keptText } from './writing-scratch.js'

/** How a rewrite ended that may have been cut off. `undone`: nothing of it shows, or it was never begun. */
export type RewriteEnd =
  | { readonly end: 'undone' }
  /** @param note - what its maker left for this case */
  | { readonly end: 'done'; readonly note: unknown }

const UNDONE: RewriteEnd = { end: 'undone' }

/**
 * Finds out how far a rewrite came, proves it done or takes it back. What another program appended meanwhile is kept.
 * May be called again, and says the same.
 *
 * @param file - opened to be changed, under its locks; null: it is gone
 * @throws MbauditError where another program changed the half-written file: nothing is touched then
 */
export async function settleRewrite(file: WritingFile | null, base: string): Promise<RewriteEnd> {
  const paths = rewritePaths(base)
  const done = keptText(paths.done)
  if (done !== null) return { end: 'done', note: planIn(done).note }
  const text = keptText(paths.plan)
  if (text === null || file === null) {
    forget(paths.tail, paths.plan, paths.appended)
    return UNDONE
  }
  const plan = planIn(text)
  {
    using tail = new WritingFile(paths.tail, 'change')
    if (keptText(paths.appended) === null) {
      const found = new Comparison(plan, file, tail).find()
      if (found === 'new') {
        await finish(paths)
        return { end: 'done', note: plan.note }
      }
      if (found === null) throw unclear(file, plan, paths.tail)
      await saveAppended(file, found.appendedFrom, paths.appended)
    }
    await putBack(file, plan, tail, paths.appended)
  }
  forget(paths.plan, paths.tail, paths.appended)
  return UNDONE
}

function planIn(text: string): RewritePlan {
  const plan: RewritePlan = JSON.parse(text)
  return plan
}

async function saveAppended(file: WritingFile, from: number, path: string): Promise<void> {
  const temporary = `${path}.new`
  {
    using appended = new WritingFile(temporary, 'new')
    await writeTail(appended, 0, octetsOf(file, from, file.size))
    await appended.sync()
  }
  renameSync(openablePath(temporary), openablePath(path))
  syncDirectory(dirname(path))
}

async function putBack(file: WritingFile, plan: RewritePlan, tail: WritingFile, appendedPath: string): Promise<void> {
  using appended = new WritingFile(appendedPath, 'change')
  await writeTail(file, plan.from, octetsOf(tail, 0, tail.size))
  await writeTail(file, plan.size, octetsOf(appended, 0, appended.size))
  file.truncate(plan.size + appended.size)
  await file.sync()
}

/** Where what another program appended begins in a file that is half rewritten; at its end where there is nothing. */
interface Half {
  readonly appendedFrom: number
}

const PAGE = 4_096

/** Lays a file beside its old and its new tail. */
class Comparison {
  readonly #plan: RewritePlan
  readonly #file: WritingFile
  readonly #tail: WritingFile
  readonly #size: number

  constructor(plan: RewritePlan, file: WritingFile, tail: WritingFile) {
    this.#plan = plan
    this.#file = file
    this.#tail = tail
    this.#size = file.size
  }

  /** `new`: the rewrite is done. null: the file is neither old nor new nor made of pieces of both. */
  find(): 'new' | Half | null {
    const { newSize, size } = this.#plan
    const same = this.#sameAsNew()
    if (same === newSize && (newSize >= size || !this.#isOldFrom(newSize))) return 'new'
    const end = Math.max(size, same)
    const half = this.#size > end && this.#isOldFrom(same) ? this.#appendedNear(end) : null
    return half ?? (this.#isMadeOfPages() ? { appendedFrom: this.#size } : null)
  }

  /** Up to where the file is as it is to be. */
  #sameAsNew(): number {
    let at = this.#plan.from
    for (const block of newTail(this.#plan, this.#tail)) {
      const octets = this.#file.read(at, at + block.length)
      if (!octets.equals(block)) return at + sameLength(octets, block)
      at += block.length
    }
    return at
  }

  /** Whether the file goes on as it did before, up to its old end at least. */
  #isOldFrom(from: number): boolean {
    const { size, from: tailFrom } = this.#plan
    if (this.#size < size) return false
    for (let at = from; at < size; at += BLOCK) {
      const to = Math.min(size, at + BLOCK)
      if (!this.#file.read(at, to).equals(this.#tail.read(at - tailFrom, to - tailFrom))) return false
    }
    return true
  }

  /** A mail begins with its separator: octets before it that look like ours by chance are its own. */
  #appendedNear(end: number): Half | null {
    for (let from = end; from > end - LOOK_BACK; from--) {
      if (/^(?:\r?\n)*From /.test(this.#file.read(from, from + 16).toString('latin1'))) return { appendedFrom: from }
    }
    return null
  }

  /** Whether each page is old, new, never written, or (one) partly new: what a crash leaves. */
  #isMadeOfPages(): boolean {
    const { from, size, newSize } = this.#plan
    if (this.#size > Math.max(size, newSize)) return false
    let at = from
    for (const block of padded(newTail(this.#plan, this.#tail), Math.max(size, newSize) - from)) {
      const octets = this.#file.read(at, at + block.length)
      const old = this.#tail.read(at - from, at - from + block.length)
      for (let page = 0; page < octets.length; page += PAGE) {
        const one = octets.subarray(page, page + PAGE)
        if (!isExplained(one, old.subarray(page, page + PAGE), block.subarray(page, page + PAGE))) return false
      }
      at += block.length
    }
    return true
  }
}

const LOOK_BACK = 64

/** Blocks, and behind them nothing that is expected, up to a length. */
function* padded(blocks: Iterable<Buffer>, length: number): Generator<Buffer> {
  let done = 0
  for (const block of blocks) {
    yield block
    done += block.length
  }
  for (; done < length; done += BLOCK) yield Buffer.alloc(Math.min(BLOCK, length - done))
}

function isExplained(page: Buffer, old: Buffer, wanted: Buffer): boolean {
  const isNew = sameLength(page, wanted)
  if (isNew === page.length) return true
  const rest = page.subarray(isNew)
  return [old, ZEROS].some((other) => {
    const behind = other.subarray(isNew, page.length)
    return rest.subarray(0, behind.length).equals(behind) && rest.subarray(behind.length).every((octet) => octet === 0)
  })
}

const ZEROS = Buffer.alloc(PAGE)

function sameLength(a: Buffer, b: Buffer): number {
  const end = Math.min(a.length, b.length)
  let at = 0
  while (at < end && a[at] === b[at]) at++
  return at
}

function unclear(file: WritingFile, { from }: RewritePlan, tail: string): MbauditError {
  const path = showOctets(file.path)
  const message = `${path} was being rewritten from octet ${from} on when the work was cut off, and another program changed it since`
  const hint = `What stood there from that octet on lies in ${showOctets(tail)}. Nothing was touched; put right what you can see is wrong, then remove that file.`
  return new MbauditError('FOLDER_CHANGED', EXIT.partial, message, hint)
}
