/** RFC 9051 `flag-keyword`: an atom. */
const ATOM = /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/
const SYSTEM = new Set(['\\answered', '\\flagged', '\\deleted', '\\seen', '\\draft'])

/**
 * Why a folder cannot keep a flag; empty: it can.
 *
 * @param permanent - what PERMANENTFLAGS says; null: nothing, and then all is kept (RFC 9051 §7.1)
 */
export function whyNoFlag(flag: string, permanent: ReadonlySet<string> | null): string {
  const name = flag.toLowerCase()
  if (flag.startsWith('\\')) {
    if (!SYSTEM.has(name)) return 'IMAP has no such flag'
    return permanent === null || permanent.has(name) ? '' : 'the server does not keep it in this folder'
  }
  if (!ATOM.test(flag) || name === 'nil') return 'IMAP cannot write it as a keyword'
  if (permanent === null || permanent.has('\\*') || permanent.has(name)) return ''
  return 'the server takes no new keywords in this folder'
}
