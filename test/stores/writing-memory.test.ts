import { describe } from 'vitest'
import { makeMemoryStore } from '../../src/stores/memory/store.js'
import { writableMemory } from '../../src/stores/memory/writing.js'
import { writingLaw } from '../support/writing-law.js'
import type { WritingMaker } from '../support/writing-place.js'

class Crash extends Error {}

const maker: WritingMaker = {
  make: async () => {
    const store = makeMemoryStore({ INBOX: [] })
    let left = Number.POSITIVE_INFINITY
    const onChange = (when: 'before' | 'after'): void => {
      if (when === 'before' && --left <= 0) throw new Crash()
    }
    return {
      root: null,
      scratch: '/nowhere',
      open: async () => store,
      openForWriting: async () => writableMemory(store, { onChange }),
      reflag: async (folder, raw, flags) => {
        const message = store.folders.get(folder)?.find((each) => each.raw.equals(raw))
        if (message !== undefined) message.flags = flags
      },
      remove: async (folder, raw) => {
        const messages = store.folders.get(folder) ?? []
        messages.splice(
          messages.findIndex((each) => each.raw.equals(raw)),
          1,
        )
      },
      exchange: async (folder, raw, by) => {
        const message = store.folders.get(folder)?.find((each) => each.raw.equals(raw))
        if (message !== undefined) message.raw = by
      },
      crashAt: async (at, act) => {
        left = at
        try {
          await act()
          return false
        } catch (error) {
          if (!(error instanceof Crash)) throw error
          return true
        } finally {
          left = Number.POSITIVE_INFINITY
        }
      },
      dispose: async () => {},
    }
  },
}

describe('memory store', () => {
  writingLaw(maker, {
    'says why there can be no folder without a name': 'a name is any text',
    'says why there can be no folder of a name that is too long': 'a name is any text',
  })
})
