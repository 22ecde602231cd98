import { unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { splitLevels } from '../../src/stores/folder-name.js'
import { writingLaw } from '../support/writing-law.js'
import { localPlaces } from '../support/writing-places.js'

const maker = localPlaces('eml', {
  directoryOf: (root, folder) => (folder === 'INBOX' ? root : join(root, ...splitLevels(folder))),
  remove: (path) => unlinkSync(path),
  exchange: (path, by) => writeFileSync(path, by),
})

describe('folders of .eml files', () => writingLaw(maker))
