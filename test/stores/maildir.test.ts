import { describe } from 'vitest'
import { storeLaw } from '../support/store-law.js'
import { maildirFs, maildirPlusPlus } from '../support/store-makers.js'

describe('Maildir++', () => storeLaw(maildirPlusPlus))
describe('nested Maildirs', () => storeLaw(maildirFs))
