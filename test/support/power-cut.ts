import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** What a change of the file system throws from the moment on at which the power is cut. It has no code: nobody handles it. */
export class PowerCut extends Error {
  constructor() {
    super('the power was cut')
  }
}

const CHANGES = [
  'appendFileSync',
  'copyFileSync',
  'fchmodSync',
  'fsyncSync',
  'ftruncateSync',
  'futimesSync',
  'linkSync',
  'mkdirSync',
  'openSync',
  'renameSync',
  'rmSync',
  'rmdirSync',
  'symlinkSync',
  'truncateSync',
  'unlinkSync',
  'utimesSync',
  'writeFileSync',
  'writeSync',
] as const

const WRITES = fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT

/** Opening for reading changes nothing. */
const isChange = (name: string, args: readonly unknown[]): boolean => {
  const flags = args[1]
  if (name !== 'openSync') return true
  return typeof flags === 'number' ? (flags & WRITES) !== 0 : typeof flags === 'string' && flags !== 'r'
}

/**
 * Does something, and has the power cut before its `at`-th change of the file system (from 1): that change and all after it fail, and
 * a write that is cut has written half. What was changed until then stays, as after `kill -9`.
 *
 * @returns whether it came to that; else the thing was done undisturbed
 */
export async function cutPowerAt(at: number, act: () => Promise<unknown>): Promise<boolean> {
  let changes = 0
  const restores: (() => void)[] = []
  for (const name of CHANGES) {
    const descriptor = Object.getOwnPropertyDescriptor(fs, name)
    const real: unknown = descriptor?.value
    if (descriptor === undefined || typeof real !== 'function') continue
    const cut = (...args: unknown[]): unknown => {
      if (!isChange(name, args) || ++changes < at) return Reflect.apply(real, fs, args)
      const [fd, octets, from] = args
      if (changes === at && name === 'writeSync' && Buffer.isBuffer(octets)) {
        const start = typeof from === 'number' ? from : 0
        Reflect.apply(real, fs, [fd, octets, start, Math.floor((octets.length - start) / 2)])
      }
      throw new PowerCut()
    }
    Object.defineProperty(fs, name, { ...descriptor, value: cut })
    restores.push(() => Object.defineProperty(fs, name, descriptor))
  }
  syncBuiltinESMExports()
  try {
    await act()
    return false
  } catch (error) {
    if (changes < at) throw error
    return true
  } finally {
    for (const restore of restores) restore()
    syncBuiltinESMExports()
  }
}
