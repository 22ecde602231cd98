import type { MemoryMessage, MemoryStore } from '../../src/stores/memory/store.js'
import { folderName } from '../../src/stores/store.js'
import { mail } from './applying.js'
import type { SyncRequest } from './two-way.js'
import { FOLLOWED } from './two-way-followed.js'

/** A user of one store. */
export class User {
  readonly store: MemoryStore
  constructor(store: MemoryStore) {
    this.store = store
  }
  in(folder: string): MemoryMessage[] {
    const held = this.store.folders.get(folderName(folder)) ?? []
    this.store.folders.set(folderName(folder), held)
    return held
  }
  find(name: string, folder = 'INBOX'): MemoryMessage {
    const found = this.in(folder).find(({ raw }) => raw.includes(`<${name}@`))
    if (found === undefined) throw new Error(`no ${name} in ${folder}`)
    return found
  }
  add(name: string, folder = 'INBOX', more: Parameters<typeof mail>[1] = {}): void {
    this.in(folder).push(mail(name, more))
  }
  remove(name: string, folder = 'INBOX'): MemoryMessage {
    const found = this.find(name, folder)
    this.in(folder).splice(this.in(folder).indexOf(found), 1)
    return found
  }
  flag(name: string, flags: readonly string[], folder = 'INBOX'): void {
    this.find(name, folder).flags = flags
  }
  move(name: string, from: string, to: string): void {
    this.in(to).push(this.remove(name, from))
  }
  /** Takes it out and puts it back as another copy, as a backup does. */
  restore(name: string, folder = 'INBOX'): void {
    this.in(folder).push({ ...this.remove(name, folder) })
  }
  /** Another program writes more below the text, under the same name. */
  alter(name: string, more: string, folder = 'INBOX'): void {
    const found = this.remove(name, folder)
    this.in(folder).push({ ...found, raw: Buffer.concat([found.raw, Buffer.from(more)]) })
  }
  /** The same mail under another Message-ID, as a server stores it. */
  rename(name: string, id: string, folder = 'INBOX'): void {
    const found = this.remove(name, folder)
    this.in(folder).push({ ...found, raw: Buffer.from(String(found.raw).replace(`<${name}@`, `<${id}@`)) })
  }
  dropFolder(folder: string): void {
    this.store.folders.delete(folderName(folder))
  }
}

export type Users = Readonly<Record<'here' | 'there', User>>

export interface Scenario {
  readonly does: string
  /** What is done, and synced, before `change`. */
  readonly before?: Pick<Scenario, 'change' | 'steps'>
  /** What both have when they are first synced; INBOX has `x`, `y` and `z`. */
  readonly change: (users: Users) => void
  /** Steps, with `here` and `there` for the names of the stores. */
  readonly steps: readonly string[]
  readonly state?: 'kept' | 'lost'
  readonly request?: SyncRequest
  readonly ends?: Readonly<Record<string, readonly string[]>>
  readonly asks?: readonly string[]
  /** What is done after that sync, and what the next one makes of it. */
  readonly later?: Pick<Scenario, 'change' | 'steps'>
}

/** Mails that differ in their text alone. */
const robot = (name: string) =>
  Buffer.from(
    String(mail(name, { text: `host ${name} has a full disk` }).raw).replace(/^Subject: .*$/m, 'Subject: disk'),
  )

const FOOTER = '\n-- \nSent through our list.\n'

export const SCENARIOS: readonly Scenario[] = [
  { does: 'nothing', change: () => {}, steps: [] },
  {
    does: 'new here',
    change: ({ here }) => here.add('n'),
    steps: ['copy <n@example.org> to there INBOX'],
    ends: { INBOX: ['n', 'x', 'y', 'z \\Seen'] },
  },
  {
    does: 'the same one new on both',
    change: ({ here, there }) => {
      here.add('n')
      there.add('n')
    },
    steps: [],
  },
  {
    does: 'new here in a new folder',
    change: ({ here }) => here.add('n', 'Work/Old'),
    steps: ['createFolder Work/Old on there', 'copy <n@example.org> to there Work/Old'],
  },
  {
    does: 'deleted here',
    change: ({ here }) => here.remove('x'),
    steps: ['delete <x@example.org> on there INBOX'],
    ends: { INBOX: ['y', 'z \\Seen'] },
  },
  {
    does: 'deleted on both',
    change: ({ here, there }) => {
      here.remove('x')
      there.remove('x')
    },
    steps: [],
  },
  {
    does: 'deleted here, and read there',
    change: ({ here, there }) => {
      here.remove('x')
      there.flag('x', ['\\Seen'])
    },
    steps: ['delete <x@example.org> on there INBOX'],
  },
  {
    does: 'deleted here, and flagged there',
    change: ({ here, there }) => {
      here.remove('x')
      there.flag('x', ['\\Flagged'])
    },
    steps: ['copy <x@example.org> to here INBOX'],
    ends: { INBOX: ['x \\Flagged', 'y', 'z \\Seen'] },
  },
  {
    does: 'deleted here, and moved there',
    change: ({ here, there }) => {
      here.remove('x')
      there.move('x', 'INBOX', 'Work')
    },
    steps: ['createFolder Work on here', 'copy <x@example.org> to here Work'],
    ends: { INBOX: ['y', 'z \\Seen'], Work: ['x'] },
  },
  {
    does: 'deleted here, and marked as deleted there',
    change: ({ here, there }) => {
      here.remove('x')
      there.flag('x', ['\\Deleted'])
    },
    steps: [],
  },
  { does: 'marked as deleted here', change: ({ here }) => here.flag('x', ['\\Deleted']), steps: [] },
  {
    does: 'new here and marked as deleted',
    change: ({ here }) => here.add('n', 'INBOX', { flags: ['\\Deleted'] }),
    steps: [],
  },
  {
    does: 'flagged here',
    change: ({ here }) => here.flag('x', ['\\Flagged', 'todo']),
    steps: ['flags <x@example.org> on there +\\Flagged,todo -'],
  },
  {
    does: 'flag taken away here',
    change: ({ here }) => here.flag('z', []),
    steps: ['flags <z@example.org> on there + -\\Seen'],
  },
  {
    does: 'flagged otherwise on both',
    change: ({ here, there }) => {
      here.flag('z', ['\\Flagged', '\\Seen'])
      there.flag('z', ['\\Answered'])
    },
    steps: ['flags <z@example.org> on here +\\Answered -\\Seen', 'flags <z@example.org> on there +\\Flagged -'],
    ends: { INBOX: ['x', 'y', 'z \\Answered \\Flagged'] },
  },
  {
    does: 'flagged alike on both',
    change: ({ here, there }) => {
      here.flag('x', ['\\Flagged'])
      there.flag('x', ['\\Flagged'])
    },
    steps: [],
  },
  {
    does: 'moved here',
    change: ({ here }) => here.move('x', 'INBOX', 'Work'),
    steps: ['createFolder Work on there', 'move <x@example.org> on there from INBOX to Work'],
    ends: { INBOX: ['y', 'z \\Seen'], Work: ['x'] },
  },
  {
    does: 'moved and flagged here',
    change: ({ here }) => {
      here.move('x', 'INBOX', 'Work')
      here.flag('x', ['\\Flagged'], 'Work')
    },
    steps: ['createFolder Work on there', 'move <x@example.org> on there from INBOX to Work'],
    ends: { INBOX: ['y', 'z \\Seen'], Work: ['x \\Flagged'] },
  },
  {
    does: 'moved here and flagged there',
    change: ({ here, there }) => {
      here.move('x', 'INBOX', 'Work')
      there.flag('x', ['\\Flagged'])
    },
    steps: [
      'createFolder Work on there',
      'move <x@example.org> on there from INBOX to Work',
      'flags <x@example.org> on here +\\Flagged -',
    ],
    ends: { INBOX: ['y', 'z \\Seen'], Work: ['x \\Flagged'] },
  },
  {
    does: 'moved to two places',
    change: ({ here, there }) => {
      here.move('x', 'INBOX', 'Work')
      there.move('x', 'INBOX', 'Old')
    },
    steps: ['createFolder Old on here', 'createFolder Work on there'],
    asks: ['moved-where: leave'],
  },
  {
    does: 'copied to another folder here',
    change: ({ here }) => here.in('Work').push({ ...here.find('x') }),
    steps: ['createFolder Work on there', 'copy <x@example.org> to there Work'],
    ends: { INBOX: ['x', 'y', 'z \\Seen'], Work: ['x'] },
  },
  {
    does: 'deleted here, where what is there was put back from a backup',
    change: ({ here, there }) => {
      here.remove('x')
      there.restore('x')
    },
    steps: ['copy <x@example.org> to here INBOX'],
    asks: ['which-deleted: copy'],
    ends: { INBOX: ['x', 'y', 'z \\Seen'] },
  },
  {
    does: 'one of two mails under one ID deleted here',
    change: ({ here }) => {
      const [first] = here.in('Twin')
      here.in('Twin').splice(here.in('Twin').indexOf(first ?? here.find('x')), 1)
    },
    steps: ['delete <twin@example.org> on there Twin'],
    ends: { Twin: ['twin two'] },
  },
  {
    does: 'one of two copies deleted here',
    change: ({ here }) => void here.in('Copies').shift(),
    steps: ['delete <c@example.org> on there Copies'],
    ends: { Copies: ['c'] },
  },
  {
    does: 'an empty folder deleted here',
    change: ({ here }) => here.dropFolder('Empty'),
    steps: ['deleteFolder Empty on there'],
  },
  {
    does: 'a folder renamed here',
    change: ({ here }) => {
      here.move('twin', 'Twin', 'Gemini')
      here.move('twin', 'Twin', 'Gemini')
      here.dropFolder('Twin')
    },
    steps: [
      'createFolder Gemini on there',
      'move <twin@example.org> on there from Twin to Gemini',
      'move <twin@example.org> on there from Twin to Gemini',
      'deleteFolder Twin on there',
    ],
    ends: { Gemini: ['twin one', 'twin two'] },
  },
  {
    does: 'deleted here, the state lost',
    change: ({ here }) => here.remove('x'),
    state: 'lost',
    steps: ['copy <x@example.org> to here INBOX'],
    asks: ['new-or-deleted: copy'],
    ends: { INBOX: ['x', 'y', 'z \\Seen'] },
  },
  {
    does: 'deleted here, the state lost, this side preferred',
    change: ({ here }) => here.remove('x'),
    state: 'lost',
    request: { options: { prefer: 'a' } },
    steps: ['delete <x@example.org> on there INBOX'],
    asks: ['new-or-deleted: delete'],
    ends: { INBOX: ['y', 'z \\Seen'] },
  },
  {
    does: 'flagged otherwise, the state lost',
    change: ({ here, there }) => {
      here.flag('x', ['\\Flagged'])
      there.flag('z', [])
    },
    state: 'lost',
    steps: ['flags <x@example.org> on there +\\Flagged -', 'flags <z@example.org> on there +\\Seen -'],
  },
  {
    does: 'moved here, the state lost',
    change: ({ here }) => here.move('x', 'INBOX', 'Work'),
    state: 'lost',
    steps: ['createFolder Work on there'],
    asks: ['moved-where: leave'],
  },
  {
    does: 'altered here on its way, the state lost',
    change: ({ here }) => here.alter('x', FOOTER),
    state: 'lost',
    steps: [],
  },
  {
    does: 'altered here on its way, the state lost, and deleted there after the next sync',
    change: ({ here }) => here.alter('x', FOOTER),
    state: 'lost',
    steps: [],
    later: { change: ({ there }) => there.remove('x'), steps: ['delete <x@example.org> on here INBOX'] },
  },
  {
    does: 'under another Message-ID here, the state lost',
    change: ({ here }) => {
      here.rename('x', 'server-1')
      here.flag('server-1', ['\\Flagged'])
    },
    state: 'lost',
    steps: ['flags <x@example.org> on there +\\Flagged -'],
    ends: { INBOX: ['x \\Flagged', 'y', 'z \\Seen'] },
  },
  {
    does: 'another mail of the same second and Subject here, the state lost',
    change: ({ here, there }) => {
      here.add('r1', 'INBOX', { raw: robot('r1') })
      there.add('r2', 'INBOX', { raw: robot('r2') })
    },
    state: 'lost',
    steps: ['copy <r1@example.org> to there INBOX', 'copy <r2@example.org> to here INBOX'],
    asks: ['new-or-deleted: copy', 'new-or-deleted: copy'],
  },
  {
    does: 'the same text under another Message-ID new on either side',
    change: ({ here, there }) => {
      here.add('n')
      there.add('n')
      here.rename('n', 'other')
    },
    steps: ['copy <other@example.org> to there INBOX', 'copy <n@example.org> to here INBOX'],
  },
  {
    does: 'deleted here, the other side alone changed',
    change: ({ here }) => {
      here.remove('x')
      here.add('n')
    },
    request: { options: { toward: 'b' } },
    steps: ['copy <n@example.org> to there INBOX', 'delete <x@example.org> on there INBOX'],
  },
  ...FOLLOWED,
]

export const FIRST = () => ({
  INBOX: [mail('x'), mail('y'), mail('z', { flags: ['\\Seen'] })],
  Empty: [],
  Twin: [mail('twin', { text: 'one' }), mail('twin', { text: 'two, quite another mail under the same ID' })],
  Copies: [mail('c'), mail('c')],
})

/** What a scenario is synced with. @param as - which side of the channel `here` is; the scenario says it as `a` */
export function requestOf({ request = {} }: Scenario, as: 'a' | 'b'): SyncRequest {
  const turn = (side: 'a' | 'b' | null = null) => (side === null || as === 'a' ? side : side === 'a' ? 'b' : 'a')
  const { prefer, toward, ...options } = request.options ?? {}
  return { ...request, options: { ...options, prefer: turn(prefer), toward: turn(toward) } }
}

/** Of each folder what lies in it, in whatever order. */
export function contents(store: MemoryStore): Readonly<Record<string, readonly string[]>> {
  const told = [...store.folders].map(([name, messages]) => [name, messages.map(tell).sort()] as const)
  return Object.fromEntries(told.filter(([, held]) => held.length > 0))
}

function tell({ raw, flags }: MemoryMessage): string {
  const text = String(raw)
  const subject = /^Subject: (.*)$/m.exec(text)?.[1] ?? ''
  const twin = subject === 'twin' ? [text.includes('one') ? 'one' : 'two'] : []
  return [subject, ...twin, ...flags].join(' ')
}
