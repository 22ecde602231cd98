import { describe, expect, it } from 'vitest'
import { commandOf, filterOf, nameChangeOf } from '../../../src/config/import/python-shapes.js'
import { commandSecret } from '../../../src/config/import/secrets.js'

describe('the Python of an .offlineimaprc is recognised by its shape', () => {
  it.each([
    [`subprocess.check_output("pass show a", shell=True).strip()`, 'pass show a'],
    [`check_output(['pass', 'show', 'my mail']).decode().splitlines()[0]`, `pass show 'my mail'`],
    [`os.popen('secret-tool lookup a b').read()`, 'secret-tool lookup a b'],
    [`keyring.get_password('offlineimap', "o'neil")`, `keyring get offlineimap 'o'\\''neil'`],
  ])('%s', (expression, command) => expect(commandOf(expression)).toEqual({ command }))
  it.each([
    'get_pass()',
    'open("x").read()',
    'check_output(cmd)',
    'check_output("a" + b)',
    '__import__("os").system("x")',
  ])('%s is left to a person', (expression) => expect(commandOf(expression)).toBeNull())
  it('sees that a password stands in it', () => {
    expect(commandOf('"secret"')).toEqual({ literal: true })
    for (const command of ['echo secret', '/bin/echo c2Vj | base64 -d', `printf '%s' secret`]) {
      expect(commandSecret('work', command).source).toEqual({ env: 'MBAUDIT_PASSWORD_WORK' })
    }
    expect(commandSecret('work', `echo GET x | pwmc datafile`).byHand).toBeNull()
  })

  it.each([
    [`lambda f: f in ['INBOX', 'Sent']`, { folders: ['INBOX', 'Sent'], notFolders: [] }],
    [`lambda f: f not in ("Trash",)`, { folders: [], notFolders: ['Trash'] }],
    [`lambda f: not f in ['Trash']`, { folders: [], notFolders: ['Trash'] }],
    [
      `lambda folder: (folder == 'INBOX' or folder.startswith("Work"))`,
      { folders: ['INBOX', 'Work**'], notFolders: [] },
    ],
    [`lambda f: f.startswith('Work') and f != 'Work.Old'`, { folders: ['Work**'], notFolders: ['Work.Old'] }],
    [`lambda f: not re.search('(^Trash$|Del)', f)`, { folders: [], notFolders: ['Trash', '**Del**'] }],
    [`lambda f: re.search(r'^INBOX\\.lists\\..*$', f) is None`, { folders: [], notFolders: ['INBOX.lists.**'] }],
    [`lambda f: re.match('Archive', f)`, { folders: ['Archive**'], notFolders: [] }],
    [`lambda f: f in [\n'INBOX',\n'Star*']`, { folders: ['INBOX', 'Star\\*'], notFolders: [] }],
    ['lambda f: True', { folders: [], notFolders: [] }],
  ])('%s', (expression, choice) => expect(filterOf(expression)).toEqual(choice))
  it.each([
    'wanted',
    'lambda f: len(f) > 3',
    `lambda f: f in folders`,
    `lambda f: re.search('a.c', f)`,
    `lambda f: re.search('[ab]', f)`,
    `lambda f: f in ['a'] or f not in ['b']`,
    `lambda f: f in ['a'] and f in ['b']`,
    `lambda f: f.lower() == 'x'`,
  ])('%s is left to a person', (expression) => expect(filterOf(expression)).toBeNull())

  it.each([
    [`lambda f: re.sub('^INBOX\\.', '', f)`, { kind: 'without', prefix: 'INBOX.' }],
    [`lambda f: re.sub('^INBOX\\.*', '.', f)`, { kind: 'maildir++' }],
    [`lambda f: 'INBOX.' + f`, { kind: 'with', prefix: 'INBOX.' }],
    [`lambda f: re.sub('^', 'INBOX.', f)`, { kind: 'with', prefix: 'INBOX.' }],
    ['lambda f: f', { kind: 'none' }],
    [`lambda f: f.replace('a', 'b')`, null],
    [`lambda f: re.sub('Sent', 'sent', f)`, null],
  ])('%s', (expression, change) => expect(nameChangeOf(expression)).toEqual(change))
})
