import { describe } from 'vitest'
import { storeLaw } from '../support/store-law.js'
import { eml } from '../support/store-makers.js'

describe('folders of .eml files', () =>
  storeLaw(eml, { 'has a folder with / in its name': 'a directory holds no / and there is no way to write one' }))
