import type { HeaderField } from '../../../message/header-section.js'
import type { MessageView } from '../message-view.js'
import type { MessageRule } from '../rule.js'
import { NOTHING, nameAsWritten, quoted } from './sightings.js'

/** Put into mail by mbsync and OfflineIMAP for as long as a copy is under way. */
const OF_SYNC_TOOLS: ReadonlySet<string> = new Set(['x-tuid', 'x-offlineimap'])
/** An mbox keeps its state in these; elsewhere they are left over from one. */
const OF_MBOX: ReadonlySet<string> = new Set(['status', 'x-status', 'x-keywords', 'x-uid', 'x-imap', 'x-imapbase'])

export const syncToolFields: MessageRule = {
  name: 'sync-tool-fields',
  scope: 'message',
  severity: 'note',
  summary: 'The header holds fields that a sync tool or another kind of store left behind.',
  source: 'mbsync(1), OfflineIMAP, mbox(5)',
  origin: 'Mail copied by mbsync or OfflineIMAP, or moved out of an mbox with its Status and X-UID fields.',
  risk: 'Copies of one mail differ in them; a program may take old flags or numbers for its own.',
  remedy: 'Nothing; mbaudit leaves them out when it compares.',
  detect: (mail) => {
    const left = mail.fields.filter((field) => isLeftBehind(mail, field))
    const [first] = left
    if (!first) return NOTHING
    const names = [...new Set(left.map((field) => nameAsWritten(mail, field)))].join(', ')
    return [{ offset: first.start, detail: `${names}; the first: ${quoted(first.value)}` }]
  },
}

function isLeftBehind({ storeType }: MessageView, { name }: HeaderField): boolean {
  return OF_SYNC_TOOLS.has(name) || (storeType !== 'mbox' && OF_MBOX.has(name))
}
