import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A message of the small store; every octet of it is fixed. */
export function message(fields: Readonly<Record<string, string>>, body: string): string {
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`)
  return `${head.join('')}\n${body}`
}

const plain = (id: string, subject: string, body: string) =>
  message(
    {
      From: '=?UTF-8?Q?J=C3=B6rg?= <joerg@example.org>',
      To: 'ana@example.org',
      Subject: subject,
      Date: 'Thu, 29 Feb 2024 10:00:00 +0000',
      'Message-ID': id,
    },
    body,
  )

const minutes = plain('<minutes@example.org>', 'Minutes', 'We met.\nWe talked.\nWe left.\nWe wrote this.\n')
const delivered = `Received: from mx.example by in.example; Thu, 29 Feb 2024 10:00:05 +0000\n${minutes}`
const letter = plain(
  '<letter@example.org>',
  'Letter',
  'Dear Ana,\n\nall is well.\nThe roses bloom.\nThe cat sleeps.\nYours\n',
)
const withFooter = `${letter}-- \nThe letter list\n`
const reusedA = plain('<reused@example.org>', 'One', 'First of two.\n')
const reusedB = plain('<reused@example.org>', 'Two', 'Quite another text stands here, on one line.\n')
const noId = message({ From: 'bob@example.org', Date: 'Fri, 1 Mar 2024 08:00:00 +0100', Subject: '=cmd|x' }, 'No ID.\n')
const evil = plain(
  '<evil@example.org>',
  'Red \u001b[31malert\u0007 \u202egnp.exe <script>alert(1)</script>',
  'Beware.\n',
)
const wide = plain('<wide@example.org>', '日本語の件名 🎉 and more of it, long enough to be cut', 'こんにちは\n')

/** Messages with a group of each class, one without ID, one hostile and one in wide letters. */
export const SMALL_MAIL = [minutes, minutes, delivered, letter, withFooter, reusedA, reusedB, noId, evil, wide]

/** Writes messages as an mboxrd file with fixed separator lines. */
export async function writeMbox(
  folder: string,
  name: string,
  messages: readonly string[] = SMALL_MAIL,
): Promise<string> {
  const parts = messages.map(
    (text) => `From sender@example.org Thu Feb 29 10:00:00 2024\n${text.replace(/^(>*From )/gm, '>$1')}\n`,
  )
  const path = join(folder, name)
  await writeFile(path, parts.join(''))
  return path
}
