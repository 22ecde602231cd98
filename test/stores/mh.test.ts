import { describe } from 'vitest'
import { storeLaw } from '../support/store-law.js'
import { mh } from '../support/store-makers.js'

describe('MH', () =>
  storeLaw(mh, { 'has a folder with / in its name': 'a directory holds no / and MH has no way to write one' }))
