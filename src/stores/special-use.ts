import { splitLevels } from './folder-name.js'
import type { FolderName, SpecialUse } from './store.js'

/**
 * Names that mail programs give to folders of special use, in the languages they speak; lower case, NFC.
 * A local store says no more of a folder than its name.
 */
const NAMES: Readonly<Record<Exclude<SpecialUse, '\\All' | '\\Flagged' | '\\Important'>, readonly string[]>> = {
  '\\Sent': [
    ...['sent', 'sent mail', 'sent items', 'sent messages', 'sent-mail', 'sentmail', 'sent objects', 'outgoing'],
    ...['gesendet', 'gesendete elemente', 'gesendete objekte', 'gesendete nachrichten', 'postausgang gesendet'],
    ...['envoyés', 'éléments envoyés', 'messages envoyés', 'objets envoyés', 'courrier envoyé'],
    ...['enviados', 'elementos enviados', 'mensajes enviados', 'correo enviado', 'itens enviados', 'e-mails enviados'],
    ...['inviati', 'posta inviata', 'elementi inviati', 'messaggi inviati', 'posta in uscita inviata'],
    ...[
      'verzonden',
      'verzonden items',
      'verzonden berichten',
      'skickat',
      'skickade objekt',
      'sendt',
      'sendte elementer',
    ],
    ...['lähetetyt', 'wysłane', 'elementy wysłane', 'odeslané', 'odeslaná pošta', 'elküldött', 'elküldött elemek'],
    ...['отправленные', 'надіслані', '送信済み', '送信済みメール', '已发送', '已发送邮件', '寄件備份', '보낸편지함'],
  ],
  '\\Drafts': [
    ...['drafts', 'draft', 'entwürfe', 'entwurf', 'brouillons', 'brouillon', 'borradores', 'rascunhos', 'bozze'],
    ...['concepten', 'utkast', 'kladder', 'luonnokset', 'szkice', 'wersje robocze', 'koncepty', 'piszkozatok'],
    ...['черновики', 'чернетки', '下書き', '草稿', '草稿箱', '임시보관함'],
  ],
  '\\Trash': [
    ...['trash', 'deleted', 'deleted items', 'deleted messages', 'bin', 'wastebasket', 'deleted objects'],
    ...['papierkorb', 'gelöscht', 'gelöschte elemente', 'gelöschte objekte', 'gelöschte nachrichten'],
    ...['corbeille', 'éléments supprimés', 'messages supprimés', 'papelera', 'elementos eliminados', 'lixeira', 'lixo'],
    ...['itens excluídos', 'cestino', 'posta eliminata', 'elementi eliminati', 'prullenbak', 'verwijderde items'],
    ...['papperskorgen', 'borttaget', 'papirkurv', 'søppelpost slettet', 'slettede elementer', 'roskakori', 'kosz'],
    ...['elementy usunięte', 'koš', 'odstraněná pošta', 'kuka', 'törölt elemek', 'корзина', 'удаленные', 'кошик'],
    ...['ごみ箱', '已删除', '已删除邮件', '垃圾桶', '휴지통'],
  ],
  '\\Junk': [
    ...['junk', 'spam', 'junk e-mail', 'junk email', 'junk mail', 'junk-e-mail', 'bulk mail', 'bulk'],
    ...['spamverdacht', 'junk-mail', 'werbung', 'unerwünscht', 'indésirables', 'courrier indésirable', 'pourriel'],
    ...['correo no deseado', 'no deseado', 'lixo eletrônico', 'posta indesiderata', 'ongewenste e-mail', 'skräppost'],
    ...['uønsket e-mail', 'søppelpost', 'roskaposti', 'wiadomości-śmieci', 'nevyžádaná pošta', 'levélszemét'],
    ...['спам', '迷惑メール', '垃圾邮件', '垃圾郵件', '스팸', '스팸함'],
  ],
  '\\Archive': [
    ...['archive', 'archives', 'archiv', 'archivo', 'archivio', 'arquivo', 'archief', 'arkiv', 'arkisto'],
    ...['archiwum', 'archív', 'архив', 'архів', 'アーカイブ', '归档', '存档'],
  ],
}

/** What stands below `[Gmail]`, beside the names above: views of other folders' messages. */
const GMAIL: Readonly<Record<string, SpecialUse>> = {
  'all mail': '\\All',
  'alle nachrichten': '\\All',
  'tous les messages': '\\All',
  todos: '\\All',
  'tutti i messaggi': '\\All',
  'alle berichten': '\\All',
  starred: '\\Flagged',
  markiert: '\\Flagged',
  'suivis (étoile)': '\\Flagged',
  destacados: '\\Flagged',
  speciali: '\\Flagged',
  'met ster': '\\Flagged',
  important: '\\Important',
  wichtig: '\\Important',
  importants: '\\Important',
  importantes: '\\Important',
  importanti: '\\Important',
  belangrijk: '\\Important',
}

const byName = new Map<string, SpecialUse>()
for (const use of ['\\Sent', '\\Drafts', '\\Trash', '\\Junk', '\\Archive'] as const) {
  for (const name of NAMES[use]) byName.set(name, use)
}

/** The special use that a folder's name tells: its last level decides. `\All`, `\Flagged` and `\Important` stand below `[Gmail]` alone. */
export function specialUseOf(name: FolderName): SpecialUse | null {
  const last = (splitLevels(name).at(-1) ?? '').normalize('NFC').toLowerCase()
  const gmail = /^\[(?:gmail|google mail)\][/.](.+)$/su.exec(name.normalize('NFC').toLowerCase())?.[1]
  if (gmail !== undefined) return GMAIL[gmail] ?? byName.get(gmail) ?? null
  return byName.get(last.replace(/^inbox\./, '')) ?? null
}
