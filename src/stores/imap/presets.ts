/** What is known of a provider before it is asked. Figures are the provider's own, or what others met (`sources`); null: not known. */
export interface Preset {
  readonly provider: string
  /** Names of its IMAP servers. */
  readonly hosts: RegExp
  /** Connections of one account at once. */
  readonly connections: number | null
  /** Octets of mail a day that may be read. */
  readonly dailyDownload: number | null
  /** Octets of mail a day that may be stored. */
  readonly dailyUpload: number | null
  /** Octets of the largest message that can be stored. */
  readonly largestMessage: number | null
  /** A folder that shows exactly so many messages may hold more that are not shown. */
  readonly windows: readonly number[]
  /** How long an account is shut out once its allowance is used up. */
  readonly suspensionHours: number | null
  /** What to do when the login is refused. */
  readonly login: string
  /** What a user should know, a sentence each: where mail lies twice, what the server does otherwise. */
  readonly quirks: readonly string[]
  readonly sources: readonly string[]
}

const MB = 1_000_000

const UNKNOWN = {
  connections: null,
  dailyDownload: null,
  dailyUpload: null,
  largestMessage: null,
  windows: [],
  suspensionHours: null,
  quirks: [],
} as const

/** The first line whose `hosts` fits holds. */
export const PRESETS: readonly Preset[] = [
  {
    ...UNKNOWN,
    provider: 'Gmail',
    hosts: /(^|\.)(imap\.gmail\.com|imap\.googlemail\.com)$/,
    connections: 15,
    dailyDownload: 2500 * MB,
    dailyUpload: 500 * MB,
    largestMessage: 35_651_584,
    windows: [1000, 2000, 5000, 10_000],
    suspensionHours: 24,
    login:
      'Use an app password (myaccount.google.com/apppasswords, without its blanks) or OAuth; IMAP must be allowed in the settings of Gmail.',
    quirks: [
      'Labels are folders: one message stands in every folder whose label it has, and again in All Mail; it is counted once (X-GM-MSGID).',
      'Starred and Important are views of mail that lies elsewhere.',
      'A limit on the size of folders may be set (settings, Forwarding and POP/IMAP): what is older is not shown.',
      'Labels can be hidden from IMAP: "Show in IMAP" must be set for All Mail and all that is to be read.',
      'A message stored again is merged with the first one.',
    ],
    sources: [
      'https://support.google.com/a/answer/1071518',
      'https://developers.google.com/gmail/api/reference/rest/v1/ImapSettings',
      'https://imapsync.lamiral.info/FAQ.d/FAQ.Gmail.txt',
      'https://github.com/chatwoot/chatwoot/issues/6082',
      'https://github.com/zone-eu/wildduck/issues/35',
    ],
  },
  {
    ...UNKNOWN,
    provider: 'Microsoft 365',
    hosts: /(^|\.)(outlook\.office365\.com|imap-mail\.outlook\.com|imap\.outlook\.com|outlook\.office\.com)$/,
    connections: 10,
    largestMessage: 45_000_000,
    login:
      'Microsoft takes no password over IMAP any more: use an OAuth token meant for IMAP; IMAP must be allowed for the mailbox.',
    quirks: [
      'It throttles ("Request is throttled. Suggested Backoff Time …"); the wait it asks for is kept.',
      'Calendar, Contacts and other folders that hold no mail are listed too.',
      'Some messages are refused with "BAD Command Argument Error"; each is asked for again alone.',
      '"User is authenticated but not connected" means: no right to that mailbox.',
    ],
    sources: [
      'https://imapsync.lamiral.info/FAQ.d/FAQ.Office365.txt',
      'https://mailboxtaxi.com/troubleshooting/fix-imap-throttling-errors',
    ],
  },
  yahoo('Yahoo', /(^|\.)export\.imap\.(mail\.yahoo|yahoo|aol)\.com$/, 100_000),
  yahoo('Yahoo', /(^|\.)imap\.(mail\.yahoo|yahoo|aol)\.(com|co\.jp)$|(^|\.)imap\.mail\.yahoo\./, 10_000),
  {
    ...UNKNOWN,
    provider: 'iCloud',
    hosts: /(^|\.)(imap\.mail\.me\.com|imap\.mail\.icloud\.com|p\d+-imap\.mail\.me\.com)$/,
    login: 'Use an app-specific password (account.apple.com); the user is the address, or what stands before its @.',
    quirks: ['It answers FETCH of RFC822 with nothing: bodies are read by BODY[].'],
    sources: ['https://support.apple.com/102525', 'https://github.com/modern-email/defects/issues/36'],
  },
  {
    ...UNKNOWN,
    provider: 'Fastmail',
    hosts: /(^|\.)(imap|mail)\.(fastmail\.com|messagingengine\.com)$/,
    login: 'Use an app password with the right to IMAP (Settings, Privacy & Security); the user is the whole address.',
    quirks: ['TLS on port 993 only; there is no STARTTLS.'],
    sources: ['https://www.fastmail.com/help/technical/servernamesandports.html'],
  },
  {
    ...UNKNOWN,
    provider: 'GMX and WEB.DE',
    hosts: /(^|\.)imap\.(gmx\.(net|com|de|at|ch)|web\.de|1und1\.de|mail\.com)$/,
    login:
      'IMAP must be allowed in the settings of the mailbox (E-Mail, POP3/IMAP); with two-factor login use an app password.',
    quirks: ['A free mailbox takes about 20 folders.'],
    sources: ['https://github.com/chatmail/provider-db/blob/master/_providers/gmx.net.md'],
  },
  {
    ...UNKNOWN,
    provider: 'Zoho',
    hosts: /(^|\.)(imap|imappro)\.zoho\.(com|eu|in|com\.au|jp)$/,
    login: 'IMAP must be allowed in the settings of the mailbox; with two-factor login use an app password.',
    quirks: ['Unusual use over IMAP makes it block access for a time: read slowly (--max-rate).'],
    sources: ['https://www.zoho.com/mail/help/usage-policy.html'],
  },
  {
    ...UNKNOWN,
    provider: 'Yandex',
    hosts: /(^|\.)imap\.(yandex\.(ru|com|by|kz)|ya\.ru)$/,
    login: 'Use an app password; IMAP must be allowed in the settings of the mailbox.',
    quirks: ['SEARCH may leave messages out: folders are listed by FETCH.'],
    sources: ['https://imapsync.lamiral.info/FAQ.d/FAQ.Yandex.txt'],
  },
]

function yahoo(provider: string, hosts: RegExp, window: number): Preset {
  return {
    ...UNKNOWN,
    ...{ provider, hosts, connections: 5, windows: [window] },
    login: 'Use an app password (account security, Generate app password).',
    quirks: [
      `It shows at most ${window.toLocaleString('en')} messages of a folder${window < 100_000 ? '; export.imap.mail.yahoo.com shows 100,000' : ''}.`,
      'Single messages may be refused with [UNAVAILABLE]; each is asked for again alone.',
      'It says "[LIMIT] … Rate limit hit" when asked too fast; the program waits.',
    ],
    sources: [
      'https://imapsync.lamiral.info/FAQ.d/FAQ.Yahoo.txt',
      'https://github.com/postalsys/imapflow/issues/75',
      'https://mailboxtaxi.com/troubleshooting/fix-imap-throttling-errors',
    ],
  }
}

/** What is known of the provider behind a host; null for all others. */
export function presetFor(host: string): Preset | null {
  const name = host.toLowerCase().replace(/\.$/, '')
  return PRESETS.find(({ hosts }) => hosts.test(name)) ?? null
}
