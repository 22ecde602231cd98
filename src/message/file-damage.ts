const ZIP = Buffer.from('PK\x03\x04', 'latin1')
const ZIP_END = Buffer.from('PK\x05\x06', 'latin1')
const PDF = Buffer.from('%PDF-')
const PDF_END = Buffer.from('%%EOF')
const JPEG = Buffer.from([0xff, 0xd8, 0xff])
const JPEG_END = Buffer.from([0xff, 0xd9])
const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const PNG_END = Buffer.from('IEND')
/** An end record of ZIP may be followed by a comment of up to 65,535 octets; others add less. */
const TAIL = 1 << 17

/**
 * What is wrong with a file as far as its own format proves it; null: nothing that is known here.
 *
 * @param file - all of its octets
 */
export function damageOfFile(file: Buffer): string | null {
  if (file.length === 0) return 'is empty'
  if (startsWith(file, ZIP)) return endsIn(file, ZIP_END) ? null : 'is a ZIP file without its end record'
  if (startsWith(file, PDF)) return endsIn(file, PDF_END) ? null : 'is a PDF file without %%EOF'
  if (startsWith(file, PNG)) return file.includes(PNG_END) ? null : 'is a PNG image without its last chunk'
  if (startsWith(file, JPEG)) return hasJpegEnd(file) ? null : 'is a JPEG image without its end marker'
  return null
}

function startsWith(file: Buffer, sign: Buffer): boolean {
  return file.subarray(0, sign.length).equals(sign)
}

function endsIn(file: Buffer, sign: Buffer): boolean {
  return file.subarray(Math.max(0, file.length - TAIL)).includes(sign)
}

/** The end marker counts behind the start of the scan only: a preview in the header has one of its own. */
function hasJpegEnd(file: Buffer): boolean {
  let at = 2
  while (at + 4 <= file.length && file[at] === 0xff && file[at + 1] !== 0xda) {
    const isFill = file[at + 1] === 0xff
    at += isFill ? 1 : 2 + file.readUInt16BE(at + 2)
  }
  return file.includes(JPEG_END, Math.min(at, file.length))
}
