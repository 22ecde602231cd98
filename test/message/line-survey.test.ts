import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findLongLines, MAX_LINE, surveyLines } from '../../src/message/line-survey.js'

const octets = fc
  .array(fc.constantFrom('a', 'b'.repeat(70), 'c'.repeat(MAX_LINE - 1), 'd'.repeat(MAX_LINE), '\n', '\r\n', '\r'), {
    maxLength: 40,
  })
  .map((pieces) => Buffer.from(pieces.join('')))

it('finds the lines that a splitter finds', () => {
  fc.assert(
    fc.property(octets, (message) => {
      const lines = message.toString().split(/\r\n|\r|\n/)
      const long = lines.filter((line) => line.length > MAX_LINE)
      const found = findLongLines(message)
      expect(found?.count ?? 0).toBe(long.length)
      expect(found?.longest ?? 0).toBe(Math.max(0, ...long.map((line) => line.length)))
      if (found) expect(message.toString('latin1', found.first)).toMatch(/^[a-d]{999}/)
    }),
  )
})

it('counts line endings as a splitter does', () => {
  fc.assert(
    fc.property(octets, (message) => {
      const { crlf, lf, cr } = surveyLines(message)
      const text = message.toString()
      expect(crlf.count).toBe(text.split('\r\n').length - 1)
      expect(crlf.first).toBe(text.indexOf('\r\n'))
      expect(cr.first).toBe(text.search(/\r(?!\n)/))
      expect(lf.first).toBe(text.search(/(?<!\r)\n/))
      if (text.includes('\r')) expect(lf.count).toBe(text.split(/(?<!\r)\n/).length - 1)
    }),
  )
})
