import { describe, expect, it } from 'vitest'
import { decodePath, encodedPath, type Namespace, nameOf, namespaceOf } from '../../../src/stores/imap/names.js'

const personal = (prefix: string): Namespace => ({ kind: 'personal', prefix })

describe('the names of folders on a server', () => {
  it.each([
    ['INBOX', '/', '', 'INBOX'],
    ['inbox', '/', '', 'INBOX'],
    ['Inbox.Sent', '.', '', 'INBOX/Sent'],
    ['INBOX.Sent', '.', 'INBOX.', 'Sent'],
    ['INBOX.Work.2024', '.', 'INBOX.', 'Work/2024'],
    ['INBOX.INBOX', '.', 'INBOX.', 'INBOX/INBOX'],
    ['Work/2024', '/', '', 'Work/2024'],
    ['Work.2024', '/', '', 'Work.2024'],
    ['and/or', '.', '', 'and\\/or'],
    ['back\\slash', '/', '', 'back\\\\slash'],
    ['Work\\2024', '\\', '', 'Work/2024'],
    ['Work/2024', '', '', 'Work\\/2024'],
    ['  lead trail ', '/', '', '  lead trail '],
    ['a*b%c', '/', '', 'a*b%c'],
    ['q"uo\\te', '/', '', 'q"uo\\\\te'],
  ])('%s (between levels %s, prefix %s) is %s', (path, separator, prefix, name) => {
    expect(nameOf(path, separator, personal(prefix))).toBe(name)
  })

  it.each([
    ['Entw&APw-rfe', 'Entwürfe'],
    ['&2D3ePA-', '😼'],
    ['a&-b', 'a&b'],
    ['2024:Q1', '2024:Q1'],
    // What an encoder does not write names another folder when it is written again.
    ['bad&utf7', null],
    ['a&AC8-b', null],
    ['&', null],
  ])('%s on the wire is %s', (wire, path) => {
    expect(decodePath(wire, false)).toBe(path)
    if (path !== null) expect(encodedPath(path, false)).toBe(wire)
  })

  it('takes names as they are where they are UTF-8', () => {
    expect(decodePath('a&b', true)).toBe('a&b')
    expect(encodedPath('Entwürfe', true)).toBe('Entwürfe')
  })

  const namespaces: readonly Namespace[] = [
    personal('INBOX.'),
    { kind: 'other', prefix: 'user.' },
    { kind: 'shared', prefix: '' },
    { kind: 'shared', prefix: 'Public.' },
  ]
  it.each([
    ['INBOX', 'personal'],
    ['INBOX.Sent', 'personal'],
    ['Inbox.Sent', 'personal'],
    ['user.carol', 'other'],
    ['user', 'other'],
    ['Public', 'shared'],
    ['team', 'shared'],
  ])('%s is in the %s namespace', (path, kind) => {
    expect(namespaceOf(path, '.', namespaces).kind).toBe(kind)
  })

  it("takes all folders for the user's own where the server tells of no namespaces", () => {
    expect(namespaceOf('team', '/', [])).toEqual(personal(''))
  })
})
