import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** PEM text. */
export interface Certified {
  readonly cert: string
  readonly key: string
}

export interface Authority extends Certified {
  /** A certificate signed by it. `days` below zero: expired. */
  issue(names: string, days?: number): Certified
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256']

/** An authority that nobody trusts until told to. */
export function makeAuthority(): Authority {
  const self = inFolder((folder) => {
    openssl(
      folder,
      'req',
      '-x509',
      ...EC,
      '-days',
      '2',
      '-subj',
      '/CN=Test Authority',
      '-keyout',
      'key',
      '-out',
      'cert',
    )
  })
  const issue = (names: string, days = 2) =>
    inFolder((folder) => {
      writeFileSync(join(folder, 'ca'), self.cert + self.key)
      writeFileSync(join(folder, 'names'), `subjectAltName=${names}`)
      openssl(folder, 'req', ...EC, '-subj', '/CN=test', '-keyout', 'key', '-out', 'request')
      const signing = ['-CA', 'ca', '-CAkey', 'ca', '-CAcreateserial', '-extfile', 'names', '-days', String(days)]
      openssl(folder, 'x509', '-req', '-in', 'request', ...signing, '-out', 'cert')
    })
  return { ...self, issue }
}

/** A certificate that is signed by itself. */
export function makeSelfSigned(names = 'DNS:localhost,IP:127.0.0.1'): Certified {
  return inFolder((folder) => {
    const subject = ['-days', '2', '-subj', '/CN=localhost', '-addext', `subjectAltName=${names}`]
    openssl(folder, 'req', '-x509', ...EC, ...subject, '-keyout', 'key', '-out', 'cert')
  })
}

function inFolder(make: (folder: string) => void): Certified {
  const folder = mkdtempSync(join(tmpdir(), 'mbaudit-certificate-'))
  try {
    make(folder)
    return { cert: readFileSync(join(folder, 'cert'), 'utf8'), key: readFileSync(join(folder, 'key'), 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const openssl = (cwd: string, ...args: string[]) => execFileSync('openssl', args, { cwd, stdio: 'pipe' })
