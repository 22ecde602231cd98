/** Writes a message: header fields, an empty line, a body; lines end in LF. */
export function mail(fields: Readonly<Record<string, string>>, body = ''): Buffer {
  const header = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`)
  return Buffer.from(`${header.join('')}\n${body}`, 'latin1')
}

export interface WrittenPart {
  readonly type: string
  readonly name?: string
  readonly text: string
}

/** How the same parts may be written. */
export interface Writing {
  readonly boundary: string
  readonly encoding: 'base64' | 'quoted-printable' | 'none'
  readonly lineEnding: '\n' | '\r\n' | '\r'
  readonly received: number
}

export const PLAIN: Writing = { boundary: 'b1', encoding: 'none', lineEnding: '\n', received: 0 }

/** Writes a message of several parts, in UTF-8. */
export function multipart(
  fields: Readonly<Record<string, string>>,
  parts: readonly WrittenPart[],
  writing = PLAIN,
): Buffer {
  const trace = Array.from(
    { length: writing.received },
    (_, n) => `Received: from h${n} by h${n + 1}; 4 Jan 2011 10:00:00 +0000\n`,
  )
  const header = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`)
  const type = `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="${writing.boundary}"\n\n`
  const written = parts.map((part) => `--${writing.boundary}\n${writePart(part, writing)}`)
  const all = `${trace.join('')}${header.join('')}${type}preamble\n${written.join('')}--${writing.boundary}--\n`
  return Buffer.from(all.replaceAll('\n', writing.lineEnding), 'utf8')
}

function writePart({ type, name, text }: WrittenPart, { encoding }: Writing): string {
  const disposition = name === undefined ? '' : `Content-Disposition: attachment; filename="${name}"\n`
  const transfer = encoding === 'none' ? '8bit' : encoding
  return `Content-Type: ${type}\n${disposition}Content-Transfer-Encoding: ${transfer}\n\n${encodeText(text, encoding)}\n`
}

export function encodeText(text: string, encoding: Writing['encoding']): string {
  if (encoding === 'none') return text
  const octets = Buffer.from(text, 'utf8')
  if (encoding === 'base64') return octets.toString('base64').replace(/.{60}/g, '$&\n')
  return quotedPrintable(octets)
}

function quotedPrintable(octets: Buffer): string {
  let line = ''
  let out = ''
  for (const octet of octets) {
    const isPlain = octet > 32 && octet < 127 && octet !== 61
    line += isPlain
      ? String.fromCharCode(octet)
      : octet === 10
        ? '\n'
        : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
    if (octet === 10 || line.length > 70) {
      out += octet === 10 ? line : `${line}=\n`
      line = ''
    }
  }
  return out + line
}
