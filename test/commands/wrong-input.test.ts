import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'
import { writeMbox } from '../support/small-mail.js'

let place: Workplace
beforeAll(async () => {
  place = await makeWorkplace()
  await writeMbox(place.path, 'mail.mbox')
  await mkdir(join(place.path, 'folder'))
  await writeFile(join(place.path, 'folder.csv'), '')
  await mkdir(join(place.path, 'is-a-folder.csv'))
})
afterAll(() => place[Symbol.asyncDispose]())

const STORE = 'mbox:mail.mbox'

describe('what cannot be followed ends with status 2, says what to do and shows no stack', () => {
  it.each([
    [['dubes'], /no command "dubes"/, /mean dupes\?/],
    [['dubes', STORE, 'other'], /no command "dubes"/, /mean dupes\?/],
    [['config', 'init', 'x.yaml', 'y'], /unexpected argument: x\.yaml y$/m, /--help/],
    [['config', 'chek'], /no command "config chek"/, /config check/],
    [['--wat'], /--wat stands before any command/, /mbaudit COMMAND/],
    [['dupes', STORE, '--sav', 'x.csv'], /no flag --sav/, /--save/],
    [['dupes', STORE, '--wat'], /no flag --wat/, /--help/],
    [['dupes', STORE, '--json', '--csv'], /--csv cannot be given together with --json/, /--help/],
    [['dupes', STORE, '--keep', 'best'], /--keep best is no rule/, /oldest/],
    [['dupes', STORE, '--keep', 'store:mail'], /store:mail is about none/, /called mbox:mail\.mbox\./],
    [['dedupe', STORE, '--keep', 'store:mail', '--dry-run'], /store:mail is about none/, /called mbox:mail\.mbox\./],
    [['dupes', STORE, '--scope', 'world'], /folder, store, all/, /--help/],
    [['list', STORE, '--limit', 'many'], /--limit many/, /all/],
    [['list', STORE, '--jobs', '0'], /--jobs 0/, /1 to 999/],
    [['list', STORE, '--retries', 'many'], /--retries many/, /0 to 999/],
    [['list', STORE, '--max-rate', 'fast'], /--max-rate fast/, /500k/],
    [['list', STORE, '--full', '--no-bodies'], /--no-bodies|--full/, /--help/],
    [['dupes', STORE, '--by', 'content', '--no-bodies'], /--no-bodies cannot be given/, /bodies/],
    [['list', 'imaps://mail.example.org/'], /names no user/, /alice@/],
    [['list', 'imaps://me:secret@mail.example.org/'], /holds a password/, /MBAUDIT_PASSWORD/],
    [['doctor', '--accounts', 'none.csv'], /--accounts none\.csv cannot be read/, /Name a file/],
    [['list', STORE, '--progress', 'loud'], /auto, none, json/, /--help/],
    [['list', STORE, '--save', 'x.doc'], /x\.doc: the ending names no format/, /\.csv, \.json, \.ndjson, \.html/],
    [['list', STORE, '--save', 'nowhere/x.csv'], /no folder/, /Make the folder/],
    [['list', STORE, '--save', 'is-a-folder.csv'], /is a folder/, /Name a file/],
    [['list', STORE, '--save', 'x.csv', '--save', './x.csv'], /twice/, /once/],
    [['list', STORE, '--log-file', 'nowhere/log'], /--log-file nowhere\/log cannot be written/, /folder/],
    [['list', STORE, '--config', 'none.yaml'], /none\.yaml: the configuration cannot be read/, /--config/],
    [['list', '--folder'], /--folder expects a value/, /--help/],
    [['list', ''], /names no store: the path is empty/, /current folder/],
    [['list', 'maildir:'], /"maildir:" names no store/, /current folder/],
    [['list', 'maildir:folder?variant=mboxrd'], /maildir: knows no option variant/, /takes none/],
    [['list', 'eml:folder?layout=fs'], /eml: knows no option layout/, /takes none/],
    [['list'], /no store is named, and there is no configuration/, /discover/],
    [['check', STORE, '--rule', 'nul-octt'], /no rule is called "nul-octt"/, /mean nul-octet/],
    [['check', STORE, '--not-rule', 'wat'], /no rule is called "wat"/, /explain lists all/],
    [['check', STORE, '--severity', 'fatal'], /error, warning, note/, /--help/],
    [['explain', 'no-mesage-id'], /no rule is called "no-mesage-id"/, /mean no-message-id/],
    [['show', STORE], /missing mail, its Message-ID or its locator/, /--help/],
    [['sync', STORE, '--dry-run'], /no channel/, /sync MASTER SLAVE/],
    [['sync', STORE, STORE, '--dry-run'], /one store/, /Name two/],
    [['sync', STORE, './mail.mbox', '--dry-run'], /one store/, /Name two/],
    [
      ['sync', STORE, 'maildir:new', '--dry-run', '--since', '2024-02-30'],
      /--since 2024-02-30 is no date/,
      /2024-02-29/,
    ],
    [['sync', STORE, 'maildir:new', '--dry-run', '--until', 'soon'], /--until soon is no date/, /2024-02-29/],
    [['sync', STORE, 'maildir:new', '--dry-run', '--max-size', 'big'], /--max-size big is no size/, /10M/],
    [['sync', STORE, 'maildir:new', '--dry-run', '--map', 'Work'], /--map Work maps nothing/, /FROM=TO/],
    [['sync', STORE, 'maildir:new', '--dry-run', '--max-delete', '110%'], /--max-delete 110% is no limit/, /none/],
    [['sync', STORE, 'maildir:new', '--dry-run', '--copies', 'two'], /one, all/, /--help/],
    [['sync', STORE, 'maildir:new', '--dry-run', '--delete-folders'], /--delete/, /--help/],
    [['sync', STORE, 'maildir:new', '--dry-run', '--yes'], /cannot be given together|--dry-run/, /--help/],
    [['sync', STORE, 'maildir:new', '--plan', 'x.plan', '--yes'], /cannot be given together|--plan/, /--help/],
    [['sync', STORE, 'maildir:new', '--plan', 'nowhere/x.plan'], /there is no folder/, /Make it first/],
    [['sync', STORE, 'maildir:new', '--plan', 'folder'], /--plan folder is a folder/, /Name a file/],
    [['dedupe', STORE, '--dry-run', '--class', 'different'], /identical, same-content, modified/, /--help/],
    [['dedupe', STORE, '--dry-run', '--decisions', 'none.csv'], /none\.csv cannot be read/, /dupes/],
    [['runs', 'nothing'], /there is no run nothing/, /mbaudit runs/],
    [['undo', 'nothing', '--dry-run'], /there is no run nothing/, /mbaudit runs/],
    [['apply', 'none.plan', '--dry-run'], /none\.plan: the plan cannot be read/, /--plan/],
    [['show', STORE, '<nobody@example.org>'], /nobody@example\.org/, /./],
  ])('%j', async (args, message, hint) => {
    const run = await place.run([...args, '--json'])
    expect(run.stderr).not.toMatch(/^ {4}at /m)
    expect(run.status).toBe(2)
    const validate = new Ajv2020().compile(await readSchema('error'))
    const document = JSON.parse(run.stdout)
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    expect(document.error.code).toBe(args.includes('none.yaml') ? 'CONFIG_INVALID' : 'USAGE')
    expect(document.error.message).toMatch(message)
    expect(document.error.hint).toMatch(hint)
    expect(run.stderr).toContain(`error: ${document.error.message}`)
    expect(run.stderr).toContain(`hint: ${document.error.hint}`)
  })
})

describe('a store that cannot be opened ends with status 3', () => {
  it.each([
    [['list', 'nowhere'], 'STORE_NOT_FOUND'],
    [['list', 'mbox:nowhere'], 'STORE_NOT_FOUND'],
    [['list', '/etc/passwd'], 'STORE_UNRECOGNISED'],
    [['list', '/'], 'STORE_UNRECOGNISED'],
    [['list', 'imap://me@127.0.0.1:1/'], 'CONNECT_FAILED'],
    [['list', '{127.0.0.1:1/imap/user=me}INBOX'], 'CONNECT_FAILED'],
    [['list', '{mail.example.org/pop3/user=me}INBOX'], 'STORE_UNRECOGNISED'],
    [['list', 'pop3://mail.example.org'], 'STORE_UNRECOGNISED'],
  ])('%j', async (args, code) => {
    const run = await place.run([...args, '--json'], { MBAUDIT_PASSWORD: 'pw' })
    expect([run.status, JSON.parse(run.stdout).error.code]).toEqual([3, code])
    expect(run.stderr).toMatch(/^error: .+\nhint: .+\n$/)
  })

  it('and the others are told of all the same', async () => {
    const run = await place.run(['list', STORE, 'nowhere', '--json'])
    const { problems, summary, stores } = JSON.parse(run.stdout)
    expect([run.status, summary.messages, stores.length]).toEqual([3, 10, 1])
    expect(problems).toMatchObject([{ code: 'STORE_NOT_FOUND', store: 'nowhere', folder: null, locator: null }])
  })
})

describe('a configuration', () => {
  it('with a mistake ends with status 2, file, line and what is allowed', async () => {
    await writeFile(join(place.path, 'bad.yaml'), 'stores:\n  a: { type: maildr, path: ./a }\n')
    const run = await place.run(['dupes', '--config', 'bad.yaml', '--json'])
    expect([run.status, JSON.parse(run.stdout).error.code]).toEqual([2, 'CONFIG_INVALID'])
    expect(run.stderr).toMatch(/bad\.yaml:2:14: .*maildir/)
  })
  it('names stores, and the folders wanted of them', async () => {
    await writeFile(
      join(place.path, 'ok.yaml'),
      `stores:\n  old: { type: mbox, path: mail.mbox }\n  none: { type: mbox, path: mail.mbox, folders: [Nope] }\n`,
    )
    const one = await place.run(['list', 'old', '--config', 'ok.yaml', '--json'])
    expect(JSON.parse(one.stdout).stores).toMatchObject([{ name: 'old', type: 'mbox', messages: 10 }])
    const none = await place.run(['list', 'none', '--config', 'ok.yaml', '--json'])
    expect(JSON.parse(none.stdout).summary.messages).toBe(0)
  })
  it('may hold accounts, which are opened only when they are asked for', async () => {
    await writeFile(
      join(place.path, 'imap.yaml'),
      `stores:\n  old: { type: mbox, path: mail.mbox }\n  far: { type: imap, host: 127.0.0.1, port: 1, user: u }\n`,
    )
    expect((await place.run(['list', 'old', '--config', 'imap.yaml'])).status).toBe(0)
    expect((await place.run(['list', 'far', '--config', 'imap.yaml'])).status).toBe(3)
  })
})
