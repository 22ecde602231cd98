import type { ObservedRuleText } from './rule.js'

/** What a store of mbox files can see in its format. */
export const MBOX_RULE_TEXTS: readonly ObservedRuleText[] = [
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
  {
    name: 'nul-run',
    scope: 'folder',
    severity: 'error',
    summary: 'Many NUL octets stand in a row where text should be.',
    source: 'RFC 5322 §2.2, §4.1',
    origin:
      'The system went down or the disk was full while mail was written; the file had grown, and its octets were never stored. Network file systems do it too.',
    risk: 'What was to stand there is lost. Readers may stop there, or not see the separator behind it.',
    remedy: 'Restore the message from another copy. Check the disk.',
  },
  {
    name: 'last-message-truncated',
    scope: 'folder',
    severity: 'error',
    summary: 'The last message of the file breaks off.',
    source: 'RFC 4155; RFC 2046 §5.1.1',
    origin: 'A download, a copy or a delivery was broken off; the disk or the quota was full.',
    risk: 'The end of the message is lost, and messages that came behind it may be.',
    remedy: 'Compare the size with that of another copy, and fetch the message anew while its source still has it.',
  },
  {
    name: 'no-final-newline',
    scope: 'folder',
    severity: 'note',
    summary: 'The last line of the file has no line ending.',
    source: 'RFC 4155',
    origin: 'An export tool left it out, or the file was cut off there: that cannot be told.',
    risk: 'A program that appends without looking puts its separator into the middle of this line.',
    remedy: 'See whether the last message is whole. Append a line ending, on a copy of the file.',
  },
  {
    name: 'content-length-wrong',
    scope: 'folder',
    severity: 'error',
    summary: 'A Content-Length field does not give the length of its message, and does not point at a separator.',
    source: 'qmail mbox(5), mboxcl',
    origin:
      'The message was changed without the field: a status was written, a text converted, a message cut. Or the field came with the mail from elsewhere.',
    risk: 'Programs that go by the field (formail, readers of mboxcl) swallow the messages behind it, or cut this one.',
    remedy: 'Convert the file with a reader that checks the field against the separators, into a format without it.',
  },
  {
    name: 'content-length-other-line-endings',
    scope: 'folder',
    severity: 'note',
    summary: 'A Content-Length field gives the length that its message had with other line endings.',
    source: 'qmail mbox(5), mboxcl',
    origin: 'The file went from CRLF to LF or back, and the field was left as it was.',
    risk: 'Programs that go by the field without checking it misread the file. The message itself is whole, as far as its length tells.',
    remedy: 'Nothing, unless such a program is used: then convert the file into a format without the field.',
  },
  {
    name: 'mixed-line-endings',
    scope: 'folder',
    severity: 'warning',
    summary:
      'Some messages of the file have lines that end in LF, and some in CRLF; or separators end otherwise than the messages.',
    source: 'RFC 4155',
    origin:
      'Messages were appended as they came from a server, with CRLF, to a file with LF; or parts of the file were converted.',
    risk: 'GNU mail and other readers refuse the file, or miss separators behind which the endings change.',
    remedy: 'Convert the file with a reader that takes both, into one of them.',
  },
  {
    name: 'mbox-dialect-mixed',
    scope: 'folder',
    severity: 'note',
    summary:
      'Lines that begin with “From ” are quoted in some messages and left alone in others: likely programs with different rules wrote the file.',
    source: 'qmail mbox(5); Library of Congress, fdd000383 to fdd000387',
    origin:
      'mboxo and mboxrd put a “>” before such lines, mboxcl2 counts octets instead; a file that several programs wrote has both. A “>From ” can also be the mail’s own.',
    risk: 'No rule takes the quoting back everywhere: some lines keep a “>” too many, others lose one that is theirs. Signatures over such bodies no longer hold.',
    remedy:
      'If it is known which program wrote the file, say so (mbox:PATH?variant=mboxrd). Where a signed body tells how it was, check says so too.',
  },
  {
    name: 'space-escaped-from-line',
    scope: 'folder',
    severity: 'note',
    summary: 'A line begins with a space and what looks like a separator: likely it was escaped so.',
    source: 'RFC 4155',
    origin: 'Thunderbird escapes such lines by a space.',
    risk: 'No reader takes the space away again: the text differs from what was sent by this octet, and a signature over the body no longer holds.',
    remedy: 'Nothing, in most cases. Where the body was signed, another copy has it unchanged.',
  },
  {
    name: 'quoted-from-field',
    scope: 'folder',
    severity: 'error',
    summary: 'A header field From was made to “>From:” by quoting that looks at less than “From ” and a space.',
    source: 'RFC 4155; RFC 5322 §3.6.2',
    origin: 'A backup or export tool put a “>” before every line that begins with “From”.',
    risk: 'The mail has no sender any more: it is not found by it, not sorted by it, and its signature no longer holds.',
    remedy: 'Take the “>” away, on a copy of the file, or fetch the mail anew with another tool.',
  },
  {
    name: 'internal-message',
    scope: 'folder',
    severity: 'note',
    summary: 'The first message is what a mail server noted for itself: it is no mail, and not counted.',
    source: 'c-client, docs/internal.txt; Dovecot, mbox format',
    origin: 'c-client (UW IMAP, Pine) and Dovecot keep UIDs and keywords in it.',
    risk: 'Programs that do not know it show it as a mail and migrate it.',
    remedy:
      'Leave it where a server uses the file. Nothing is lost when it is not migrated, but for keywords that it names.',
  },
  {
    name: 'uid-fields-inconsistent',
    scope: 'folder',
    severity: 'warning',
    summary:
      'The UIDs that a mail server wrote into the messages do not ascend, or do not fit its own account of them.',
    source: 'RFC 9051 §2.3.1.1; Dovecot, mbox format',
    origin: 'Messages were moved, sorted or put in by another program, or files were joined that each had UIDs.',
    risk: 'The server gives all messages new UIDs: every client fetches the folder anew, and tools that sync may make copies.',
    remedy: 'Where a server uses the file, let it settle this itself. Elsewhere the fields mean nothing and may go.',
  },
  {
    name: 'mozilla-fields-differ',
    scope: 'folder',
    severity: 'note',
    summary: 'A message has one of Thunderbird’s own fields twice, with different values.',
    source: 'Mozilla bugs 561703 and others',
    origin: 'A message that was copied from another Thunderbird folder kept its old fields and got new ones.',
    risk: 'Which flags hold depends on the reader: it may appear unread, or as deleted.',
    remedy: 'Nothing; the first one counts here.',
  },
  {
    name: 'deleted-not-compacted',
    scope: 'folder',
    severity: 'warning',
    summary: 'The message is marked as deleted and still there.',
    source: 'Mozilla nsIMsgMessageFlags (Expunged); c-client X-Status',
    origin: 'Thunderbird and others only mark a message; compacting the folder takes it away.',
    risk: 'Programs that do not know the mark show and migrate mail that was deleted long ago.',
    remedy: 'Compact the folder in the program that it belongs to, if the mail is to be gone.',
  },
  {
    name: 'mailbox-locked',
    scope: 'folder',
    severity: 'warning',
    summary: 'A lock file lies beside the mailbox, or a process holds a lock on it.',
    source: 'lockf(3); proc_locks(5)',
    origin: 'A program is writing to it; or one was ended and left its lock file.',
    risk: 'What was read may be half written. A lock file that was left behind keeps delivery out.',
    remedy:
      'Wait until the program is done, and check again. Remove a lock file only when no program uses the mailbox.',
  },
  {
    name: 'changed-while-read',
    scope: 'folder',
    severity: 'error',
    summary: 'The file was changed by another program while it was read.',
    source: 'stat(2)',
    origin: 'Mail was delivered to it, or a mail program is open on it.',
    risk: 'What is told of this folder may be of two states of it.',
    remedy: 'Close the mail program, or check a copy or a snapshot of the file.',
  },
  {
    name: 'mailbox-leftover',
    scope: 'store',
    severity: 'note',
    summary:
      'A file is there that a mail program left behind: of compacting, or a summary whose mailbox is gone or newer.',
    source: 'Mozilla, Thunderbird profile folders',
    origin: 'Compacting was broken off (nstmp); a mailbox was moved, restored or changed outside Thunderbird (.msf).',
    risk: 'A file that compacting left can hold mail that its mailbox lacks. A stale summary makes Thunderbird show wrong messages until it is made anew.',
    remedy:
      'Look into nstmp files before they go. A summary may be deleted while Thunderbird is closed: it is made anew.',
  },
  {
    name: 'mailbox-large',
    scope: 'folder',
    severity: 'note',
    summary: 'The file is larger than 2 GiB.',
    source: 'Limits of 32-bit file offsets',
    origin: 'Mail of many years in one folder.',
    risk: 'Old programs, some network file systems and 32-bit tools cannot read or append to it. Each change may rewrite all of it.',
    remedy: 'Split the folder by years, or use a Maildir.',
  },
  {
    name: 'mailbox-very-large',
    scope: 'folder',
    severity: 'warning',
    summary: 'The file is larger than 4 GiB, or one message in it larger than 1 GiB.',
    source: 'Limits of 32-bit file offsets; Thunderbird’s limit for mailboxes of 4 GiB',
    origin: 'Mail of many years in one folder; or separators that were lost, so that many messages read as one.',
    risk: 'Programs with offsets of 32 bits damage such a file when they append or compact. FAT file systems cannot hold it.',
    remedy:
      'Split the folder by years, or use a Maildir. A message of that size is likely not one message: look at its separators.',
  },
]
