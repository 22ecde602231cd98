import { renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe } from 'vitest'
import { splitLevels } from '../../src/stores/folder-name.js'
import { writingLaw } from '../support/writing-law.js'
import { localPlaces, type Neighbour } from '../support/writing-places.js'

const LETTERS: Readonly<Record<string, string>> = { '\\Flagged': 'F', '\\Answered': 'R', '\\Seen': 'S' }

const neighbour = (directoryOf: Neighbour['directoryOf']): Neighbour => ({
  directoryOf,
  reflag: (path, flags) => {
    const letters = flags
      .map((flag) => LETTERS[flag] ?? '')
      .sort()
      .join('')
    renameSync(path, join(dirname(path), '..', 'cur', `${basename(path).replace(/:2,.*/, '')}:2,${letters}`))
  },
  remove: (path) => unlinkSync(path),
  exchange: (path, by) => writeFileSync(path, by),
})

const flat = neighbour((root, folder) => (folder === 'INBOX' ? root : join(root, `.${splitLevels(folder).join('.')}`)))
const nested = neighbour((root, folder) => (folder === 'INBOX' ? root : join(root, ...splitLevels(folder))))

const ORDER = {
  'keeps the order in which messages were stored':
    'a Maildir has no order but that of names, which begin with the date',
}

describe('Maildir++', () => writingLaw(localPlaces('maildir', flat), ORDER))
describe('nested Maildirs', () => writingLaw(localPlaces('maildir', nested, { layout: 'fs' }), ORDER))
