import type { Scenario, Users } from './two-way-scenarios.js'

/** One side moves `x` to Work, and a sync makes the other follow. */
const FOLLOWS: readonly Scenario[] = [
  {
    does: 'moved here',
    change: ({ here }) => here.move('x', 'INBOX', 'Work'),
    steps: ['createFolder Work on there', 'move <x@example.org> on there from INBOX to Work'],
  },
  {
    does: 'moved and flagged here',
    change: ({ here }) => {
      here.move('x', 'INBOX', 'Work')
      here.flag('x', ['\\Flagged'], 'Work')
    },
    steps: ['createFolder Work on there', 'move <x@example.org> on there from INBOX to Work'],
  },
  {
    does: 'moved here and flagged there',
    change: ({ here, there }) => {
      here.move('x', 'INBOX', 'Work')
      there.flag('x', ['\\Flagged'])
    },
    steps: [
      'createFolder Work on there',
      'flags <x@example.org> on here +\\Flagged -',
      'move <x@example.org> on there from INBOX to Work',
    ],
  },
  {
    does: 'moved to two places, this side preferred',
    change: ({ here, there }) => {
      here.move('x', 'INBOX', 'Work')
      there.move('x', 'INBOX', 'Old')
    },
    request: { options: { prefer: 'a' } },
    steps: ['createFolder Old on here', 'createFolder Work on there', 'move <x@example.org> on there from Old to Work'],
  },
]

const deletedOn = (side: keyof Users, other: keyof Users): readonly Scenario[] =>
  FOLLOWS.map(({ does, change, steps, request = {} }) => ({
    does: `${does}, synced, and deleted ${side}`,
    before: { change, steps },
    change: (users) => users[side].remove('x', 'Work'),
    request,
    steps: [`delete <x@example.org> on ${other} Work`],
    ends: { INBOX: ['y', 'z \\Seen'], Work: [], Old: [] },
  }))

/** What is done to a mail just after one side has followed the other. */
export const FOLLOWED: readonly Scenario[] = [
  ...deletedOn('here', 'there'),
  ...deletedOn('there', 'here'),
  {
    does: 'moved here, synced, and moved on there',
    before: {
      change: ({ here }) => here.move('x', 'INBOX', 'Work'),
      steps: ['createFolder Work on there', 'move <x@example.org> on there from INBOX to Work'],
    },
    change: ({ there }) => there.move('x', 'Work', 'Old'),
    steps: ['createFolder Old on here', 'move <x@example.org> on here from Work to Old'],
    ends: { Work: [], Old: ['x'] },
  },
]
