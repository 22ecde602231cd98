import { createHash } from 'node:crypto'

/** A signature field over a body that is in canonical form but for its line endings. */
export function signed(
  body: string,
  { tags = 'c=simple/simple', by = 'example.org', field = 'DKIM-Signature' } = {},
): string {
  const hash = createHash('sha256')
    .update(Buffer.from(body.replaceAll('\n', '\r\n'), 'latin1'))
    .digest('base64')
  return `${field}: v=1; a=rsa-sha256; ${tags}; d=${by}; s=key; h=from:subject; bh=${hash}; b=AAAA\n`
}
