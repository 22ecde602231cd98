/** Writes down what came of the trials. */
const ROWS = {
  'state-lost': {
    what: 'what it remembers is lost, both sides are as they were',
    right: 'nothing happens',
    how: 'Sync {count} mails, delete the program’s state (mbsync: `SyncState`; offlineimap: `metadata`; mailsync: empty `msinfo`; mbaudit: its cache, state and data), sync again.',
  },
  'files-gone': {
    what: 'the second side has lost all its files, what it remembers is kept',
    right: 'the other side keeps its mail',
    how: 'Sync {count} mails, delete all message files of the second side, sync again.',
  },
  'made-anew': {
    what: 'the folder on the server was deleted and made again, empty (another UIDVALIDITY)',
    right: 'the second side keeps its mail',
    how: 'Sync {count} mails, have another client say `DELETE Work` and `CREATE Work` to the first account, sync again.',
  },
  killed: {
    what: 'killed (`kill -9`) {kills} times and run again at once, while mail goes to the account',
    right: 'each mail once on either side',
    how: 'Put {count} mails on the second side, with the server {far} ms away each way; kill the program when 20, 80, 140, 200 and 260 have arrived, start it again at once, let it end, and wait a second.',
  },
  'no-id': {
    what: '20 mails without a Message-ID, then one is deleted on the second side',
    right: '19 on either side',
    how: 'Sync 20 different mails that have no Message-ID, delete one file on the second side, sync again.',
  },
  'one-id': {
    what: '22 mails, two different ones of them under one Message-ID, of which one is deleted',
    right: '21 on either side',
    how: 'Sync 20 mails and two that share a Message-ID and differ in subject and text, delete the second of these on the second side, sync again.',
  },
  marked: {
    what: 'another client has marked five mails `\\Deleted` and not expunged them; another mail is deleted',
    right: '299 on either side, the five still there',
    how: 'Sync {count} mails, mark five `\\Deleted` on the account, delete another one on the second side, sync again.',
  },
}

const filled = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name])

/** `600 / 600, 300 doubled; exit 0`. */
function cellOf({ counts, doubled, lost, oneSided, cameBack, status, more }) {
  const most = Math.max(...doubled)
  const wrong = [
    most > 0 && `**${most} doubled**`,
    lost > 0 && `**${lost} lost**`,
    oneSided > 0 && `${oneSided} on one side alone`,
    cameBack > 0 && `${cameBack} deleted, and still there`,
    more,
  ].filter(Boolean)
  const end = typeof status === 'number' ? `exit ${status}` : `stopped (${status})`
  return `${[counts.join(' / '), ...wrong].join(', ')}; ${end}`
}

const row = (cells) => `| ${cells.join(' | ')} |`

/** @returns docs/against-others.md */
export function rivalPage(columns, { versions, lacking, ...facts }) {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const head = ['what happens', 'right', ...columns.map(({ name, kind }) => `${name}, account and ${kind}`)]
  const rows = Object.entries(ROWS).map(([key, { what, right }]) =>
    row([what, right, ...columns.map(({ cells }) => cellOf(cells[key]))].map((text) => filled(text, facts))),
  )
  const hasMailsync = columns.some(({ name }) => name === 'mailsync')
  return `# Where others lose or double mail

Made by \`npm run bench -- --damage\`: one run of each trial on a private Dovecot and temporary folders, each program set up to keep one folder of two stores alike both
ways (mbsync: \`Sync All\`, \`Create Both\`, \`Expunge Both\`; offlineimap and mailsync: as they come; mbaudit: a channel of \`mode: two-way\`). In a cell:
the messages on the account and on the second side at the end, what is wrong with them, and the exit status of the last run. The figures are those of this one run; where a
program is killed, the next run may give others.

- versions: ${named.join(', ')}; Dovecot ${facts.dovecot}
${lacking.length > 0 ? `- not installed here, so not tried: ${lacking.join(', ')}\n` : ''}
${row(head)}
${row(head.map(() => '---'))}
${rows.join('\n')}

- *doubled*: a mail is on one side more than once. *Lost*: it is on neither side any more, and nobody had deleted it.
- *On one side alone*, with an exit status that is not 0: the program has noticed, and left alone what it cannot know. With exit 0 it was left, or taken away on one side, in silence.
- mbaudit's exit status 5 is a [safety limit](sync.md#limits): nothing was changed, and it says what would set it right.
${hasMailsync ? '- mailsync has no Maildir, and its `msinfo` was on an account here. It does not read that back: each of its syncs is one without a state, so that it brings everything back, and no deletion travels. With its state in a local mbox deletions do travel; that is not tried here.\n' : ''}
## How to repeat it

${Object.values(ROWS)
  .map(({ what, how }) => `- **${filled(what, facts)}**: ${filled(how, facts)}`)
  .join('\n')}

Why mbaudit does what it does: [two-way](two-way.md#when-the-state-is-lost), [what keeps your mail safe](safety.md).
`
}
