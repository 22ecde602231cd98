import { renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncDirectory } from '../durable-files.js'
import { giveWay } from '../file-reader.js'
import { openablePath } from '../octet-name.js'
import { WritingFile } from './writing-file.js'
import { forget, keepText } from './writing-scratch.js'

/** Octets [from, to) of a file that other octets take the place of. */
export interface Edit {
  readonly from: number
  readonly to: number
  /** Latin-1. */
  readonly insert: string
}

/** What a rewrite does; lies in the scratch directory from before its first change. */
export interface RewritePlan {
  /** The first octet that changes. */
  readonly from: number
  /** Of the file before and after. */
  readonly size: number
  readonly newSize: number
  /** Ascending, none over another. */
  readonly edits: readonly Edit[]
  /** The caller's own, for whoever finds the rewrite done. */
  readonly note: unknown
}

/** Where a rewrite keeps what it needs to be taken back. */
export interface RewritePaths {
  readonly tail: string
  readonly plan: string
  readonly done: string
  /** What another program appended while the file was half rewritten. */
  readonly appended: string
}

/** @param base - octets of a path in the scratch directory */
export const rewritePaths = (base: string): RewritePaths => ({
  tail: `${base}.tail`,
  plan: `${base}.plan`,
  done: `${base}.done`,
  appended: `${base}.appended`,
})

/** Octets that are moved at once. */
export const BLOCK = 1 << 20

/**
 * Changes a file in place, from the first changed octet on. The old tail lies on the disk before the first change, and what is
 * to come of it, so that `settleRewrite` can take back what was cut off.
 */
export async function rewrite(file: WritingFile, edits: readonly Edit[], base: string, note: unknown): Promise<void> {
  const first = edits[0]
  const paths = rewritePaths(base)
  if (first === undefined) return keepText(paths.done, JSON.stringify({ note }))
  const { size } = file
  const newSize = edits.reduce((sum, { from, to, insert }) => sum - (to - from) + insert.length, size)
  const plan: RewritePlan = { from: first.from, size, newSize, edits, note }
  await saveTail(file, plan, paths)
  {
    using tail = new WritingFile(paths.tail, 'change')
    await writeTail(file, plan.from, newTail(plan, tail))
  }
  if (newSize < size) file.truncate(newSize)
  await file.sync()
  await finish(paths)
}

/** From here on the rewrite counts as done; the old tail is no longer needed. */
export async function finish(paths: RewritePaths): Promise<void> {
  renameSync(openablePath(paths.plan), openablePath(paths.done))
  syncDirectory(dirname(paths.done))
  forget(paths.tail, paths.appended)
}

async function saveTail(file: WritingFile, plan: RewritePlan, paths: RewritePaths): Promise<void> {
  {
    using tail = new WritingFile(paths.tail, 'new')
    await writeTail(tail, 0, octetsOf(file, plan.from, plan.size))
    await tail.sync()
  }
  syncDirectory(dirname(paths.tail))
  await keepText(paths.plan, JSON.stringify(plan))
}

/** Writes what comes, from a place on. */
export async function writeTail(file: WritingFile, from: number, blocks: Iterable<Buffer>): Promise<void> {
  let at = from
  for (const block of blocks) {
    file.write(block, at)
    at += block.length
    await giveWay()
  }
}

/** The octets [from, to) of a file, block by block. */
export function* octetsOf(file: WritingFile, from: number, to: number): Generator<Buffer> {
  for (let at = from; at < to; ) {
    const block = file.read(at, Math.min(to, at + BLOCK))
    if (block.length === 0) return
    yield block
    at += block.length
  }
}

/** What the tail is to be, made from the old one. */
export function* newTail(plan: RewritePlan, tail: WritingFile): Generator<Buffer> {
  yield* inBlocks(newPieces(plan, tail))
}

function* newPieces({ from, size, edits }: RewritePlan, tail: WritingFile): Generator<Buffer> {
  let at = from
  for (const edit of edits) {
    yield* octetsOf(tail, at - from, edit.from - from)
    if (edit.insert !== '') yield Buffer.from(edit.insert, 'latin1')
    at = edit.to
  }
  yield* octetsOf(tail, at - from, size - from)
}

/** Puts pieces together until they make a block. */
function* inBlocks(pieces: Iterable<Buffer>): Generator<Buffer> {
  let held: Buffer[] = []
  let length = 0
  for (const piece of pieces) {
    held.push(piece)
    length += piece.length
    if (length < BLOCK) continue
    yield Buffer.concat(held)
    held = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(held)
}
