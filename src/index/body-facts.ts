import type { ScannedCopy } from '../stores/store.js'
import { identityKey } from './identity.js'
import type { ScanStatements } from './scan-statements.js'

/** The identity of a copy as far as its scan tells it: without its body, or with it. */
export function identityOfScanned({ facts, body }: ScannedCopy): string | null {
  if (!body) return identityKey(facts, null)
  return identityKey({ id: facts.id, date: facts.date, wire: body.wire }, body.content?.content ?? null)
}

/** Keeps what is known of a copy's body besides its digest: from the scan, or from the row that is proven to be the same. */
export function keepBody(statements: ScanStatements, row: number, { body, sameAs }: ScannedCopy): void {
  if (body) {
    const { content } = body
    if (content !== null) statements.addContent.run(row, content.content, content.octets, content.isWhole ? 1 : 0)
  } else if (sameAs !== undefined) {
    statements.carryWire.run(sameAs, sameAs, row)
    statements.carryContent.run(row, sameAs)
  }
}
