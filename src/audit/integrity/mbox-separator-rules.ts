import type { ObservedRuleText } from './rule.js'

/** What an mbox file shows where one message ends and the next begins. */
export const MBOX_SEPARATOR_RULE_TEXTS: readonly ObservedRuleText[] = [
  {
    name: 'unescaped-from-line',
    scope: 'folder',
    severity: 'error',
    summary: 'A line of a message begins with “From ” and was not quoted; it was taken as text.',
    source: 'RFC 4155; qmail mbox(5)',
    origin:
      'The program that wrote the file did not put a “>” before such lines, or did so only where they look like a whole separator.',
    risk: 'Readers that split at every “From ” line (Python’s mailbox module, grep, many importers) cut the message in two, and what follows the line becomes a mail of its own.',
    remedy:
      'Convert the file with a reader that knows separators by their date, into a Maildir or an mbox that quotes such lines (mboxrd).',
  },
  {
    name: 'quoted-separator-in-body',
    scope: 'folder',
    severity: 'warning',
    summary:
      'A From_ line likely stands inside a message: a mail or a patch that was quoted with its separator. It is said how it was taken.',
    source: 'RFC 4155; qmail mbox(5)',
    origin:
      'Someone pasted a mail with its From_ line, forwarded a piece of an mbox file, or sent a patch as git format-patch wrote it, and the line was not quoted when the mail was stored.',
    risk: 'No reader can tell for sure whether a message begins there. One mail may be counted as two, or two as one; what is cut off is not found under its own sender and date.',
    remedy:
      'Look at the place. If the line belongs to the text, put a “>” before it, on a copy of the file, and scan again.',
  },
  {
    name: 'separator-without-empty-line',
    scope: 'folder',
    severity: 'warning',
    summary: 'A separator has no empty line before it; it was taken as a separator, since a header field follows.',
    source: 'RFC 4155; qmail mbox(5)',
    origin:
      'The program that appended the message did not end the one before with an empty line, or the last message had no final line ending. Some archives have no empty lines at all.',
    risk: 'Strict readers (formail, GNU mail) read on, so that the message becomes the tail of the one before it.',
    remedy:
      'Convert the file with a reader that does not need the empty line, or put one there, on a copy of the file.',
  },
  {
    name: 'odd-separator',
    scope: 'folder',
    severity: 'warning',
    summary:
      'A separator is not written as “From sender date”: its date is lacking, or in a form that some readers do not know.',
    source: 'RFC 4155; asctime(3)',
    origin: 'Netscape, Eudora, mail archives and export tools write separators of their own kind.',
    risk: 'Strict readers (Dovecot, neomutt, GNU mail) take the file for no mbox, or join the message to the one before it.',
    remedy:
      'Convert the file, with a program that reads it in full, into one with plain separators or into a Maildir. The date of delivery may be lost: the Date field remains.',
  },
  {
    name: 'readings-differ',
    scope: 'folder',
    severity: 'note',
    summary: 'A strict, a loose and the reading that was taken do not agree on what the messages of the file are.',
    source: 'RFC 4155; qmail mbox(5)',
    origin:
      'Lines that begin with “From ” stand in messages, or separators are odd. Strict: an empty line, a From_ line with a date, a header field. Loose: every line that begins with “From ”.',
    risk: 'Another program counts other messages in the same file.',
    remedy:
      'See the places that are told with it. Compare the counts before and after a migration by the same reading.',
  },
  {
    name: 'interleaved-append',
    scope: 'folder',
    severity: 'error',
    summary: 'A separator stands in the middle of a line: a message begins inside another one.',
    source: 'RFC 4155',
    origin:
      'Two programs appended to the file at once, without a lock that both honour; often over a network file system. Or a program was ended in the middle of a message and another went on behind it.',
    risk: 'The message before has lost its end, or finds it behind the other. Most readers do not see the second message at all.',
    remedy:
      'Restore both messages from another copy. Let all programs that write the mailbox use the same locks, or use a Maildir.',
  },
  {
    name: 'garbage-before-first-message',
    scope: 'folder',
    severity: 'error',
    summary: 'Octets that are no mail stand before the first separator, or there is no separator in the file.',
    source: 'RFC 4155',
    origin:
      'An editor put a byte order mark there, the beginning of the file was cut off, a program wrote its messages into it, or it is no mbox file.',
    risk: 'Dovecot, neomutt and GNU mail refuse the file; others hide what stands there, which may be the rest of a message.',
    remedy:
      'Look at the first octets. Take a mark or foreign text away, on a copy of the file; a message without its beginning is to be restored from another copy.',
  },
  {
    name: 'empty-message',
    scope: 'folder',
    severity: 'warning',
    summary: 'Behind a separator there is no message, or one without a header.',
    source: 'RFC 4155; RFC 5322 §2.1',
    origin:
      'A program failed between writing the separator and the message, or a message was taken out and its separator left.',
    risk: 'A mail may be lost. Some readers (GNU mail) take the separator for text of the message before.',
    remedy: 'Look for the mail in another copy of the mailbox; else the separator can go.',
  },
]
