import { describe } from 'vitest'
import { type MemoryMessage, makeMemoryStore } from '../../src/stores/memory/store.js'
import { folderName } from '../../src/stores/store.js'
import { type LawMessage, type StoreMaker, storeLaw } from '../support/store-law.js'

const messageOf = ({ raw, flags, received }: LawMessage): MemoryMessage => ({
  raw,
  flags: flags ?? [],
  received: received ?? null,
})

const maker: StoreMaker = {
  make: async (messages, emptyFolders = []) => {
    const store = makeMemoryStore({ INBOX: [] })
    const held = (name = 'INBOX') => {
      const found = store.folders.get(folderName(name)) ?? []
      store.folders.set(folderName(name), found)
      return found
    }
    for (const name of emptyFolders) held(name)
    for (const message of messages) held(message.folder).push(messageOf(message))
    const find = (name: string, raw: Buffer) => held(name).findIndex((each) => each.raw.equals(raw))
    return {
      root: null,
      open: async () => store,
      add: async (message) => {
        held(message.folder).push(messageOf(message))
      },
      remove: async (name, raw) => {
        held(name).splice(find(name, raw), 1)
      },
      reflag: async (name, raw, flags) => {
        const message = held(name)[find(name, raw)]
        if (message) message.flags = flags
      },
      removeFolder: async (name) => {
        store.folders.delete(folderName(name))
      },
      addUnreadable: async (name) => {
        held(name).push({ ...messageOf({ raw: Buffer.alloc(0) }), isBroken: true })
      },
      dispose: async () => {},
    }
  },
}

describe('memory store', () => storeLaw(maker))
