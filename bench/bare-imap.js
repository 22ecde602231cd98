/**
 * What mbaudit is measured against on IMAP:
 *
 *   node bare-imap.js headers PORT   imapflow's own fetch of the fields that a scan reads, and nothing done with them
 *   node bare-imap.js source PORT    imapflow's own fetch of all messages, and nothing done with them
 *   node bare-imap.js bodies PORT    one UID FETCH of all bodies over a socket, and nothing done with them
 */
import { connect } from 'node:net'

/** An answer's last line is no longer. */
const TAIL = 4000
const FIELDS = [
  'message-id',
  'date',
  'from',
  'sender',
  'subject',
  'received',
  'return-path',
  'delivered-to',
  'x-received',
  'x-original-to',
  'envelope-to',
  'authentication-results',
]

const headers = (port) => fetch(port, { flags: true, size: true, internalDate: true, headers: FIELDS })
const source = (port) => fetch(port, { source: true })

async function fetch(port, items) {
  const { ImapFlow } = await import('imapflow')
  const auth = { user: 'alice', pass: 'secret' }
  const options = { host: '127.0.0.1', port, secure: false, doSTARTTLS: false, auth, logger: false }
  const client = new ImapFlow({ ...options, disableCompression: true })
  await client.connect()
  await client.mailboxOpen('INBOX', { readOnly: true })
  let count = 0
  for await (const { uid } of client.fetch('1:*', { uid: true, ...items })) count += uid ? 1 : 0
  await client.logout()
  return count
}

function bodies(port) {
  return new Promise((resolve, reject) => {
    const commands = ['a LOGIN alice secret', 'b EXAMINE INBOX', 'c UID FETCH 1:* (UID BODY.PEEK[])', 'd LOGOUT']
    const socket = connect(port, '127.0.0.1')
    let [octets, tail] = [0, '']
    socket.on('data', (data) => {
      octets += data.length
      tail = (tail + data.latin1Slice(Math.max(0, data.length - TAIL))).slice(-TAIL)
      if (/^(?:\* OK|[abc] OK)[^\n]*\n$/m.test(tail.slice(tail.lastIndexOf('\n', tail.length - 2) + 1))) {
        tail = ''
        socket.write(`${commands.shift()}\r\n`)
      }
    })
    socket.on('error', reject).on('close', () => (commands.length === 0 ? resolve(octets) : reject(new Error(tail))))
  })
}

const [what, port] = process.argv.slice(2)
console.log(await { headers, source, bodies }[what](Number(port)))
