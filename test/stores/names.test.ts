import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { folderFilter } from '../../src/stores/folder-globs.js'
import { compareFolderNames, compareUtf8, nameOfLevels, splitLevels } from '../../src/stores/folder-name.js'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../../src/stores/modified-utf7.js'
import { escapeOctets, octetsOf, showOctets, textOfOctets, unescapeOctets } from '../../src/stores/octet-name.js'
import { PackedKeys } from '../../src/stores/packed-keys.js'
import { specialUseOf } from '../../src/stores/special-use.js'
import { folderName } from '../../src/stores/store.js'

const use = (name: string) => specialUseOf(folderName(name))

describe('special use by name', () => {
  it('is told by the last level', () => {
    expect([use('Sent'), use('INBOX/Trash'), use('Work/Entwürfe'), use('INBOX.Junk')]).toEqual([
      '\\Sent',
      '\\Trash',
      '\\Drafts',
      '\\Junk',
    ])
    expect([use('Archive'), use('Archive/2001'), use('Sentimental'), use('INBOX')]).toEqual([
      '\\Archive',
      null,
      null,
      null,
    ])
  })
  it('knows decomposed letters and any case', () => {
    expect([use('entwu\u0308rfe'), use('SPAM')]).toEqual(['\\Drafts', '\\Junk'])
  })
  it("knows Gmail's folders, and All Mail below them alone", () => {
    expect([use('[Gmail]/All Mail'), use('[Gmail].Starred'), use('[Google Mail]/Important')]).toEqual([
      '\\All',
      '\\Flagged',
      '\\Important',
    ])
    expect([use('[Gmail].Sent Mail'), use('[Gmail]/Papierkorb'), use('All Mail'), use('[Gmail]')]).toEqual([
      '\\Sent',
      '\\Trash',
      null,
      null,
    ])
  })
})

describe('--folder and --not-folder', () => {
  const chosen = (globs: string[], notGlobs: string[], names: string[]) =>
    names.filter((name) => folderFilter(globs, notGlobs)(folderName(name)))
  const all = ['INBOX', 'Lists', 'Lists/a', 'Lists/a/b', 'Trash']

  it('take all where nothing is said', () => expect(chosen([], [], all)).toEqual(all))
  it('match * within a level and ** across levels', () => {
    expect(chosen(['Lists/*'], [], all)).toEqual(['Lists/a'])
    expect(chosen(['Lists/**'], [], all)).toEqual(['Lists/a', 'Lists/a/b'])
    expect(chosen(['*'], [], all)).toEqual(['INBOX', 'Lists', 'Trash'])
    expect(chosen(['**'], ['Trash'], all)).toEqual(['INBOX', 'Lists', 'Lists/a', 'Lists/a/b'])
    expect(chosen(['**/b', '**/Trash'], [], all)).toEqual(['Lists/a/b', 'Trash'])
  })
  it('take INBOX in any case, and no other name', () => {
    expect(chosen(['inbox', 'trash'], [], all)).toEqual(['INBOX'])
    expect(chosen(['Inbox/*'], [], ['INBOX/a', 'inbox2/a'])).toEqual(['INBOX/a'])
  })
  it('take all other characters literally', () => {
    expect(chosen(['a.b', '[x]', '{1,2}', 'a?'], [], ['a.b', 'axb', '[x]', 'x', '{1,2}', '1', 'a?', 'ab'])).toEqual([
      'a.b',
      '[x]',
      '{1,2}',
      'a?',
    ])
    expect(chosen(['In\\/Out', '\\*'], [], ['In\\/Out', 'In/Out', '*', 'x'])).toEqual(['In\\/Out', '*'])
    expect(chosen(['*'], [], ['In\\/Out', 'In/Out'])).toEqual(['In\\/Out'])
  })
  it('match composed and decomposed letters alike', () => {
    expect(chosen(['Entwürfe'], [], ['Entwu\u0308rfe', 'Entwürfe'])).toEqual(['Entwu\u0308rfe', 'Entwürfe'])
  })
})

describe('modified UTF-7', () => {
  it('is read where an encoder wrote it', () => {
    expect(decodeModifiedUtf7('Entw&APw-rfe &- Co')).toBe('Entwürfe & Co')
    expect(decodeModifiedUtf7('&U,BTFw-/&ZeVnLIqe-')).toBe('台北/日本語')
    expect(decodeModifiedUtf7('In&AC8-Out')).toBe('In/Out')
  })
  it('is not read into what is something else', () => {
    for (const name of ['Q&A', 'R&D-x', 'a&', '&AGE-', 'Entw&APw', 'ü', '&2D0-'])
      expect(decodeModifiedUtf7(name)).toBeNull()
  })
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => decodeModifiedUtf7(encodeModifiedUtf7(text)) === text),
    )
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (text) => decodeModifiedUtf7(encodeModifiedUtf7(text, '/.')) === text,
      ),
    )
  })
})

describe('names of octets', () => {
  const octets = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1'))
  it('are shown and come back, whatever they are', () => {
    fc.assert(fc.property(octets, (name) => octetsOf(showOctets(name)) === name))
    fc.assert(fc.property(octets, (name) => unescapeOctets(escapeOctets(name)) === name))
    fc.assert(fc.property(octets, (name) => textOfOctets(escapeOctets(name)) === showOctets(name)))
  })
  it('show what is no UTF-8', () => expect(showOctets('a\xff\xc3\xbc\\')).toBe('a\\xffü\\\\'))
})

describe('the order of names', () => {
  it('is that of UTF-8 octets', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(
        text,
        text,
        (a, b) => Math.sign(compareUtf8(a, b)) === Buffer.compare(Buffer.from(a), Buffer.from(b)),
      ),
    )
  })
  it('puts INBOX first', () =>
    expect(['a', 'Z', 'INBOX', 'A'].sort(compareFolderNames)).toEqual(['INBOX', 'A', 'Z', 'a']))
  it('splits a name into its levels', () => {
    expect(splitLevels('a\\/b/c')).toEqual(['a\\/b', 'c'])
    expect(nameOfLevels(['inbox', 'x'])).toBe('INBOX/x')
  })
})

describe('packed keys', () => {
  const key = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
  it('sort as their octets do', () => {
    const sorted = (texts: readonly string[]): string[] => {
      const keys = new PackedKeys()
      for (const text of texts) keys.push(text)
      keys.sort()
      return texts.map((_, n) => keys.at(n))
    }
    const few = fc.array(fc.oneof(key, fc.constantFrom('', 'a', 'ab', 'ab\0', 'b')), { maxLength: 300 })
    fc.assert(fc.property(few, (texts) => sorted(texts).join('|') === [...texts].sort().join('|')))
    const many = Array.from({ length: 20_000 }, (_, n) => `1700${(n * 7919) % 100_003}.M${n}.host`)
    expect(sorted(many)).toEqual([...many].sort())
  })
  it('find the place of a text', () => {
    const keys = new PackedKeys()
    for (const text of ['b', 'd', 'a']) keys.push(text)
    keys.sort()
    expect(['', 'a', 'c', 'd', 'e'].map((text) => keys.lowerBound(text))).toEqual([0, 0, 2, 2, 3])
    expect(keys.at(3)).toBe('')
  })
})
