import { describe, expect, it } from 'vitest'
import { formatFolderMap, parseFolderMap } from '../../src/audit/folder-map.js'
import { type FolderPairOptions, pairFolders } from '../../src/audit/folder-pairs.js'
import { folderName, type SpecialUse } from '../../src/stores/store.js'

const NFC = 'B\u00fccher'
const NFD = 'Bu\u0308cher'
const PLAIN: FolderPairOptions = {
  maps: [],
  matchSpecialUse: false,
  nameOnSlave: (folder) => folder,
  foldsCase: { master: false, slave: false },
}

type Named = string | readonly [name: string, use: SpecialUse]
const folders = (names: readonly Named[]) =>
  names.map((named) => {
    const [name, specialUse] = typeof named === 'string' ? [named, null] : named
    return { folder: folderName(name), specialUse }
  })

const maps = (...texts: string[]) => ({ maps: texts.map(parseFolderMap).filter((map) => map !== null) })

/** `master=slave`, with `+` before the slave's name where it has no such folder. */
function paired(master: readonly Named[], slave: readonly Named[], options: Partial<FolderPairOptions> = {}) {
  const pairing = pairFolders(folders(master), folders(slave), { ...PLAIN, ...options })
  return {
    pairs: pairing.pairs.map((pair) => `${pair.master}=${pair.isThere ? '' : '+'}${pair.slave}`),
    extra: pairing.extra.map((folder) => `${pairing.masterOf(folder)}=${folder}`),
  }
}

describe('folders pair', () => {
  it('by name, and those of one side alone with none', () => {
    expect(paired(['INBOX', 'Work', 'Old'], ['INBOX', 'Work', 'New'])).toEqual({
      pairs: ['INBOX=INBOX', 'Work=Work', 'Old=+Old'],
      extra: ['New=New'],
    })
  })

  it('by INBOX in any case, with what lies below it', () => {
    expect(paired(['Inbox', 'inbox/A'], ['INBOX', 'INBOX/A']).pairs).toEqual(['Inbox=INBOX', 'inbox/A=INBOX/A'])
  })

  it('in whatever Unicode form a name is written', () => {
    expect(paired([NFC, `${NFC}/A`], [NFD])).toEqual({ pairs: [`${NFC}=${NFD}`, `${NFC}/A=+${NFC}/A`], extra: [] })
  })

  it('letter for letter first, so that two forms of a name stay two folders', () => {
    expect(paired([NFC, NFD], [NFC, NFD]).pairs).toEqual([`${NFC}=${NFC}`, `${NFD}=${NFD}`])
    expect(paired([NFC, NFD], [NFD]).pairs).toEqual([`${NFC}=+${NFC}`, `${NFD}=${NFD}`])
  })

  it('not where names differ in case, but on a store that cannot tell them apart', () => {
    expect(paired(['Trash', 'trash'], ['Trash'])).toEqual({ pairs: ['Trash=Trash', 'trash=+trash'], extra: [] })
    const foldsCase = { master: false, slave: true }
    expect(paired(['Trash', 'trash'], ['Trash'], { foldsCase }).pairs).toEqual(['Trash=Trash', 'trash=Trash'])
  })

  it('by the name that the slave gives a folder that it cannot have', () => {
    const nameOnSlave = (name: string) => folderName(name.replace('^', '_'))
    expect(paired(['a^b'], ['a_b'], { nameOnSlave }).pairs).toEqual(['a^b=a_b'])
  })

  it('by --map, with all below, the longest part of the name first', () => {
    const options = maps('Work=Archive/Work', 'Work/2024=Now')
    expect(paired(['Work', 'Work/2023', 'Work/2024', 'Workers'], ['Now', 'Archive/Work'], options)).toEqual({
      pairs: ['Work=Archive/Work', 'Work/2023=+Archive/Work/2023', 'Work/2024=Now', 'Workers=+Workers'],
      extra: [],
    })
  })

  it('by --map of what lies below alone, of everything, and to the top', () => {
    expect(paired(['A', 'A/B'], [], maps('A/=C')).pairs).toEqual(['A=+A', 'A/B=+C/B'])
    expect(paired(['INBOX', 'A/B'], [], maps('=Old')).pairs).toEqual(['INBOX=+Old/INBOX', 'A/B=+Old/A/B'])
    expect(paired(['INBOX', 'INBOX/A'], [], maps('INBOX/=')).pairs).toEqual(['INBOX=+INBOX', 'INBOX/A=+A'])
  })

  it('several with one, and what is extra on the slave gets the name that the master would have', () => {
    expect(paired(['A', 'B'], ['C', 'C/D'], maps('A=C', 'B=C'))).toEqual({ pairs: ['A=C', 'B=C'], extra: ['A/D=C/D'] })
  })

  it('by special use only where that is asked for', () => {
    const master: Named[] = [['Sent', '\\Sent'], 'Sent/2020', ['Trash', '\\Trash']]
    const slave: Named[] = [
      ['Gesendet', '\\Sent'],
      ['Papierkorb', '\\Trash'],
    ]
    expect(paired(master, slave).pairs).toEqual(['Sent=+Sent', 'Sent/2020=+Sent/2020', 'Trash=+Trash'])
    expect(paired(master, slave, { matchSpecialUse: true })).toEqual({
      pairs: ['Sent=Gesendet', 'Sent/2020=+Gesendet/2020', 'Trash=Papierkorb'],
      extra: [],
    })
  })

  it('by name where a side has several of one special use and two of them have one name', () => {
    const master: Named[] = [
      ['Sent', '\\Sent'],
      ['Sent Items', '\\Sent'],
    ]
    const slave: Named[] = [
      ['Gesendet', '\\Sent'],
      ['Sent', '\\Sent'],
    ]
    expect(paired(master, slave, { matchSpecialUse: true })).toEqual({
      pairs: ['Sent=Sent', 'Sent Items=+Sent Items'],
      extra: ['Gesendet=Gesendet'],
    })
  })

  it('by --map before anything else', () => {
    const options = { ...maps('Sent=Post'), matchSpecialUse: true }
    expect(paired([['Sent', '\\Sent']], [['Gesendet', '\\Sent'], 'Sent'], options).pairs).toEqual(['Sent=+Post'])
  })
})

describe('--map FROM=TO', () => {
  it.each([
    ['A=B', { from: 'A', to: 'B' }],
    ['A/=B/', { from: 'A/', to: 'B' }],
    ['=B', { from: '', to: 'B' }],
    ['/=B', { from: '', to: 'B' }],
    ['A/=', { from: 'A/', to: '' }],
    ['A\\=1=B=2', { from: 'A=1', to: 'B=2' }],
    ['A\\/B=C', { from: 'A\\/B', to: 'C' }],
    ['A', null],
    ['A=', null],
    ['=', null],
    ['', null],
  ])('%s', (text, map) => expect(parseFolderMap(text)).toEqual(map))

  it.each(['A=B', 'A\\=1=B=2', 'A/=', '=B', 'a\\/b\\\\=\\=x'])(
    '%s is written so that it is read as the same',
    (text) => {
      const map = parseFolderMap(text)
      expect(map).not.toBeNull()
      expect(map && parseFolderMap(formatFolderMap(map))).toEqual(map)
    },
  )
})
