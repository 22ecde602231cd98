/** Small mail with a number each, in Maildirs and what of it is there afterwards. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const FIRST = 1_500_000_000

/** @param id - null: the message has none */
export function mail(number, { id = `<${number}@example.org>` } = {}) {
  const date = new Date((FIRST + number * 60) * 1000).toUTCString().replace('GMT', '+0000')
  const fields = [
    `From: Ana <ana${number}@example.org>`,
    'To: bob@example.org',
    `Subject: Number ${number}`,
    `Date: ${date}`,
    ...(id === null ? [] : [`Message-ID: ${id}`]),
  ]
  return { number, text: `${fields.join('\n')}\n\nThis is message ${number}.\n${'It has some lines.\n'.repeat(40)}` }
}

export const mails = (from, to, more) => Array.from({ length: to - from }, (_, at) => mail(from + at, more))

const numberIn = (text) => Number(/^Subject: Number (\d+)\r?$/m.exec(text)?.[1])

/** A Maildir with folders below it, whatever the program that made it calls them. */
export function maildirSide(root, workName, own = () => {}) {
  const messages = () =>
    existsSync(root)
      ? readdirSync(root, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && /(?:^|\/)(?:cur|new)$/.test(relative(root, entry.parentPath)))
          .map((entry) => join(entry.parentPath, entry.name))
      : []
  const those = (number) => messages().filter((path) => numberIn(readFileSync(path, 'utf8')) === number)
  return {
    fill: (mailsOfIt) => {
      for (const sub of ['cur', 'new', 'tmp']) {
        mkdirSync(join(root, sub), { recursive: true })
        mkdirSync(join(root, workName, sub), { recursive: true })
      }
      for (const { number, text } of mailsOfIt)
        writeFileSync(join(root, workName, 'cur', `${FIRST + number}.M${number}P1.host:2,S`), text)
      own()
    },
    numbers: () => messages().map((path) => numberIn(readFileSync(path, 'utf8'))),
    count: () => messages().length,
    remove: (number) => {
      for (const path of those(number)) rmSync(path)
    },
    empty: () => {
      for (const path of messages()) rmSync(path)
    },
    mark: (number) => {
      for (const path of those(number)) renameSync(path, path.replace(/:2,.*$/, ':2,ST'))
    },
  }
}
