import type { DuplicateGroup } from '../audit/findings.js'
import type { ExplainedMail, ExplainedPair } from '../audit/show.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { MESSAGE_COLUMNS, messageCells, messageObject, withoutSubject } from './message-object.js'
import type { ReportKind, TableLine } from './report.js'
import { countOf, formatDate, formatSize } from './wording.js'

/** What a person reads in a mail. */
export interface ReadableMail {
  readonly to: string
  readonly cc: string
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly size: number }[]
  /** The text, or what is left of HTML without its markup. */
  readonly text: string
}

export interface ShownMail {
  readonly mail: ExplainedMail
  /** null where it could not be read, or where nothing of its content is to be shown. */
  readonly readable: ReadableMail | null
}

export interface ShowSummary {
  readonly mails: number
  readonly copies: number
  readonly pair: ExplainedPair | null
}

/** A table shows no more lines of a mail's text than these; JSON and files hold all. */
const TEXT_LINES = 20

/** How a copy was judged in its group; the copy that is alone stays, of course. */
function judgement(copy: IndexedCopy, group: DuplicateGroup | null) {
  const judged = group?.copies.find((each) => each.copy.store === copy.store && each.copy.row === copy.row)
  return {
    keep: judged?.keep ?? true,
    class: judged?.class ?? null,
    reason: judged?.reason ?? null,
    rule: judged?.rule ?? null,
  }
}

function toJson({ mail, readable }: ShownMail): object {
  return {
    query: mail.query,
    identity: mail.identity,
    class: mail.group?.class ?? null,
    message: messageObject(mail.copy),
    to: readable?.to ?? null,
    cc: readable?.cc ?? null,
    attachments: readable?.attachments ?? [],
    text: readable?.text ?? null,
    copies: mail.copies.map((copy) => ({ ...messageObject(copy), ...judgement(copy, mail.group) })),
  }
}

function toTable({ mail, readable }: ShownMail, _number: number, whole: boolean): TableLine[] {
  const { copy } = mail
  const lines = [
    line('From', copy.from),
    line('To', readable?.to ?? ''),
    line('Cc', readable?.cc ?? ''),
    line('Date', formatDate(copy.date) ?? ''),
    line('Subject', copy.subject),
    line('Message-ID', copy.id ?? 'none'),
    line('counts by', mail.identity ?? 'nothing: it could not be read'),
    line('size', formatSize(copy.size)),
    line('flags', copy.flags.join(' ')),
    ...(readable?.attachments ?? []).map(({ name, type, size }) =>
      line('attached', `${name} (${type}, ${formatSize(size)})`),
    ),
    ...mail.copies.map((each, i) => line(i === 0 ? 'copies' : ' ', copyLine(each, mail.group))),
    ...textLines(readable?.text ?? '', whole),
  ]
  return [...lines.filter(({ cells }) => cells[0] === ' ' || cells[1] !== ''), line(' ', ' ')]
}

const line = (field: string, value: string) => ({ cells: [field, value], tone: 'plain' }) as const

function copyLine(copy: IndexedCopy, group: DuplicateGroup | null): string {
  const { keep, class: likeness, reason, rule } = judgement(copy, group)
  const facts = [keep ? 'stays' : 'extra', likeness, reason, rule === null ? null : `by rule: ${rule}`]
  return `${copy.store}  ${copy.folder}  ${copy.locator}  (${facts.filter((fact) => fact !== null).join(', ')})`
}

function textLines(text: string, whole: boolean) {
  const all = text.trim() === '' ? [] : text.trim().split(/\r\n|\r|\n/)
  const shown = whole ? all : all.slice(0, TEXT_LINES)
  const lines = shown.map((content, i) => line(i === 0 ? 'text' : ' ', content))
  const more = all.length - shown.length
  return more > 0 ? [...lines, line(' ', `… ${countOf(more, 'more line')}: --limit all shows them`)] : lines
}

/** One or two mails in full, every copy of each, and what differs between the two. */
export const showReport: ReportKind<ShowSummary, ShownMail> = {
  command: 'show',
  rowsKey: 'mails',
  title: 'Mail',
  rowNoun: ['mail', 'mails'],
  toJson,
  csvColumns: ['query', 'identity', ...MESSAGE_COLUMNS, 'keep', 'class', 'reason', 'rule'],
  *toCsv({ mail }) {
    for (const copy of mail.copies) {
      yield [mail.query, mail.identity, ...messageCells(copy), ...Object.values(judgement(copy, mail.group))]
    }
  },
  columns: [
    { head: 'field', align: 'left', shrinks: false },
    { head: 'value', align: 'left', shrinks: true, wraps: true },
  ],
  toTable,
  countRows: ({ mails }) => mails,
  withoutSubjects: ({ mail }) => ({
    mail: {
      ...mail,
      copy: withoutSubject(mail.copy),
      copies: mail.copies.map(withoutSubject),
    },
    readable: null,
  }),
  heading: ({ mails, copies, pair }) =>
    pair === null
      ? `One mail, ${countOf(copies, 'copy', 'copies')}.`
      : `${countOf(mails, 'mail')} side by side: ${pair.why}`,
  closing: ({ copies, pair }) => {
    if (pair === null)
      return copies > 1 ? 'Two of them side by side: mbaudit show STORE LOCATOR LOCATOR.' : 'It is there once.'
    return pair.areDuplicates
      ? 'Which of all copies would stay: mbaudit dupes.'
      : 'mbaudit dupes never counts one of them redundant for the other.'
  },
  hasFound: ({ copies }) => copies > 1,
}
