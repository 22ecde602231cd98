/** Other programs of Debian on the same mail, where they are installed. Each runs once: some take many minutes. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alternate, isInstalled } from './measure.js'

/** Seconds after which one is stopped: by then it is slower by far. */
const LIMIT = 300

/** c-client shows no mailboxes to root. */
const canRun = (command) => isInstalled(command) && (command !== 'mailsync' || process.getuid?.() !== 0)

function mailsync(scratch, file) {
  const config = join(scratch, 'mailsyncrc')
  writeFileSync(config, `store bench {\n  pat ${file.replaceAll(' ', '\\ ')}\n}\n`)
  // A listing of nothing must not pass for a fast one.
  return { argv: ['sh', '-c', 'mailsync -f "$0" -m bench | grep -c "<" > /dev/null', config] }
}

function notmuch(scratch, folder) {
  const config = join(scratch, 'notmuchrc')
  const database = join(scratch, 'notmuch')
  mkdirSync(database, { recursive: true })
  writeFileSync(
    config,
    `[database]\npath=${database}\nmail_root=${folder}\n[user]\nname=bench\nprimary_email=bench@in.example\n[new]\ntags=new\n`,
  )
  return { argv: ['notmuch', 'new', '--quiet'], env: { NOTMUCH_CONFIG: config } }
}

function mu(scratch, folder) {
  const home = join(scratch, 'mu')
  return {
    argv: [
      'sh',
      '-c',
      'mu init --quiet --muhome "$0" --maildir "$1" && exec mu index --quiet --muhome "$0"',
      home,
      folder,
    ],
  }
}

/** Those that are installed; `mbaudit` has to be faster than each, with bodies read. */
export async function rivals({ scratch, file, folder, ours }) {
  mkdirSync(scratch, { recursive: true })
  const known = {
    'mailsync -m': [mailsync, file, ours.mbox],
    'notmuch new': [notmuch, folder, ours.maildir],
    'mu index': [mu, folder, ours.maildir],
  }
  const installed = Object.entries(known).filter(([name]) => canRun(name.split(' ')[0]))
  const commands = Object.fromEntries(
    installed.map(([name, [make, mail]]) => [name, { ...make(scratch, mail), limit: LIMIT }]),
  )
  const took = await alternate(commands, 1)
  return {
    title: 'Other programs',
    took,
    missing: Object.keys(known).filter((name) => !(name in took)),
    rows: installed.map(([name, [, , seconds]]) => {
      const ratio = took[name].seconds / seconds
      return {
        what: `\`${name}\`${took[name].seconds > LIMIT ? ', stopped before its end,' : ''} takes how many times as long as \`dupes --no-cache\``,
        ours: ratio,
        limit: 1,
        unit: '×',
        isReached: ratio > 1,
        isFloor: true,
      }
    }),
  }
}
