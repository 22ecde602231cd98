import { describe, expect, it } from 'vitest'
import { epochSeconds } from '../../src/message/message.js'
import { renderCsv } from '../../src/report/csv.js'
import { dupesReport } from '../../src/report/dupes-report.js'
import { renderHtml } from '../../src/report/html.js'
import { renderJson, renderNdjson } from '../../src/report/json.js'
import { listReport } from '../../src/report/list-report.js'
import { renderTable } from '../../src/report/table.js'
import { copy, extra, kept } from './made-up.js'

const head = { generatedAt: '2024-03-01T00:00:00Z', stores: [], problems: [] }
const listOf = (...copies: ReturnType<typeof copy>[]) => ({
  ...head,
  summary: { messages: copies.length },
  rows: () => copies,
})
const text = (chunks: Iterable<string>) => [...chunks].join('')

describe('CSV', () => {
  it('makes formulas harmless and quotes what has to be quoted', () => {
    const subjects = ['=1+1', '+1', '-1', '@a', '\tx', '\rx', 'a,b', 'say "hi"', 'two\nlines', 'plain']
    const csv = text(renderCsv(listReport, listOf(...subjects.map((subject, row) => copy(row, { subject })))))
    for (const cell of [
      "'=1+1",
      "'+1",
      "'-1",
      "'@a",
      "'\tx",
      '"\'\rx"',
      '"a,b"',
      '"say ""hi"""',
      '"two\nlines"',
      'plain',
    ]) {
      expect(csv).toContain(`,${cell},\\Seen\r\n`)
    }
  })
  it('has a header row even where there is nothing', () => {
    expect(text(renderCsv(listReport, listOf()))).toBe(
      'store,folder,locator,id,digest,content,size,date,received,from,subject,flags\r\n',
    )
  })
  it('writes thousands of rows in pieces', () => {
    const rows = Array.from({ length: 2000 }, (_, row) => copy(row))
    expect([...renderCsv(listReport, listOf(...rows))].length).toBeGreaterThan(3)
    expect(text(renderCsv(listReport, listOf(...rows))).split('\r\n').length).toBe(2002)
  })
})

describe('JSON', () => {
  it('is one document, its keys in the order of the contract', () => {
    const document = JSON.parse(text(renderJson(listReport, listOf(copy(1), copy(2)))))
    expect(Object.keys(document)).toEqual(['schema', 'generatedAt', 'stores', 'summary', 'problems', 'messages'])
    expect(Object.keys(document.messages[0]).join()).toBe(
      'store,folder,locator,id,digest,content,size,date,received,from,subject,flags',
    )
  })
  it('is well formed without rows', () =>
    expect(JSON.parse(text(renderJson(listReport, listOf()))).messages).toEqual([]))
  it('has a header and a row a line as NDJSON', () => {
    const lines = text(renderNdjson(listReport, listOf(copy(1), copy(2))))
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => Object.keys(JSON.parse(line))[0])).toEqual(['schema', 'store', 'store'])
  })
  it('writes no date that RFC 3339 cannot write', () => {
    const odd = copy(1, { date: epochSeconds(9e15), received: epochSeconds(-9e12) })
    expect(JSON.parse(text(renderJson(listReport, listOf(odd)))).messages[0]).toMatchObject({
      date: null,
      received: null,
    })
  })
  it('is read row by row, not all at once', () => {
    let walked = 0
    const endless = {
      ...head,
      summary: { messages: 1e9 },
      *rows() {
        for (;;) yield copy(walked++)
      },
    }
    const chunks = renderJson(listReport, endless)[Symbol.iterator]()
    for (let i = 0; i < 10; i++) chunks.next()
    expect(walked).toBeLessThan(12)
  })
})

describe('HTML', () => {
  const page = text(renderHtml(listReport, listOf(copy(1, { subject: '<script>alert("x")</script>', from: "'&" }))))
  it('escapes mail', () => {
    expect(page).not.toContain('<script')
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;')
  })
  it('needs nothing from outside', () => {
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/\b(?:src|href)=/)
  })
  it('has a table with a caption and column heads', () => expect(page).toMatch(/<caption>.*<th scope="col"/s))
})

describe('a table', () => {
  const rows = Array.from({ length: 60 }, (_, row) => copy(row, { subject: `Subject ${row} ${'long '.repeat(30)}` }))
  const options = { width: 80, limit: 50, colour: false }
  it('fits the terminal', () => {
    for (const width of [40, 60, 80, 200]) {
      const lines = text(renderTable(listReport, listOf(...rows), { ...options, width })).split('\n')
      expect(Math.max(...lines.slice(0, 50).map((line) => line.length))).toBeLessThanOrEqual(Math.max(width, 77))
    }
  })
  it('shows the first rows, says how many more there are and how to get them', () => {
    const table = text(renderTable(listReport, listOf(...rows), options))
    expect(table).toContain('Subject 49')
    expect(table).not.toContain('Subject 50')
    expect(table.replaceAll('\n', ' ')).toContain('10 more of 60 messages: --limit all shows them here')
  })
  it('shows all when asked to', () => {
    const table = text(renderTable(listReport, listOf(...rows), { ...options, limit: Number.POSITIVE_INFINITY }))
    expect(table).toContain('Subject 59')
    expect(table).not.toContain('more of')
  })
  it('has no control characters of mail in it', () => {
    const table = text(
      renderTable(listReport, listOf(copy(1, { subject: 'a\u001b]0;owned\u0007b', from: '\u202ex' })), options),
    )
    expect(table).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
  })
  it('is coloured only when asked to', () => {
    expect(text(renderTable(listReport, listOf(copy(1)), { ...options, colour: true }))).toContain('\u001b[1m')
  })
  it('shows the groups that matter most, when there are more than fit', () => {
    const group = (row: number) => ({
      id: null,
      class: 'identical' as const,
      copies: [kept(row), extra(row + 1)] as const,
    })
    const groups = Array.from({ length: 9 }, (_, i) => group(i * 2))
    const counts = { messages: 18, unique: 0, groups: 9, extra: 9, redundant: 9, redundantBytes: 9000, identical: 9 }
    const none = { sameContent: 0, modified: 0, different: 0, unverified: 0, sameObject: 0, noId: 0, unreadable: 0 }
    const data = { ...head, summary: { ...counts, ...none }, rows: () => groups }
    const table = text(renderTable(dupesReport, data, { ...options, limit: 1 }))
    expect(table).toContain('Subject 16')
    expect(table).not.toContain('Subject 0')
    expect(table).toContain('8 more of 9 groups')
  })
})
