import type { AddressObject } from 'mailparser'
import type { ReadableMail } from '../report/show-report.js'

/** What a person reads in a message. mailparser shows it; it decides nothing. */
export async function readMail(message: Buffer): Promise<ReadableMail> {
  const { simpleParser } = await import('mailparser')
  const mail = await simpleParser(message, { skipImageLinks: true, skipTextToHtml: true })
  return {
    to: addresses(mail.to),
    cc: addresses(mail.cc),
    attachments: mail.attachments.map(({ filename, contentType, size }) => ({
      name: filename ?? 'without a name',
      type: contentType,
      size,
    })),
    text: mail.text ?? '',
  }
}

function addresses(field: AddressObject | AddressObject[] | undefined): string {
  return [field ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ')
}
