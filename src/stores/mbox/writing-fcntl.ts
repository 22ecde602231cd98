import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { arch, platform } from 'node:os'
import type { Readable, Writable } from 'node:stream'

/** How a try to lock a file ended. `none`: nothing on this computer can take such a lock for us. */
export type FcntlAnswer = 'held' | 'busy' | 'none'

/**
 * Node has no fcntl locks. These few lines take them for us: they read `lock PATH` and `free PATH` (octets in hexadecimal) and
 * answer each with a line. When we end, however we end, their input ends and the system frees what they hold.
 */
const PYTHON = `
import fcntl, os, sys
held = {}
for line in iter(sys.stdin.readline, ''):
    what, name = line.split()
    try:
        if what == 'free':
            os.close(held.pop(name))
            print('free', flush=True)
            continue
        fd = os.open(bytes.fromhex(name), os.O_RDWR)
        try:
            fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held[name] = fd
            print('held', flush=True)
        except BlockingIOError:
            os.close(fd)
            print('busy', flush=True)
    except Exception:
        print('none', flush=True)
`
/** Lays `struct flock` out as Linux has it on 64-bit machines (fcntl(2)). */
const PERL = `
use Fcntl; use Errno; $| = 1; my %held;
while (<STDIN>) {
  my ($what, $name) = split;
  if ($what eq 'free') { close(delete $held{$name}); print "free\\n"; next }
  my $file;
  if (!sysopen($file, pack('H*', $name), O_RDWR)) { print "none\\n"; next }
  my $lock = pack('s s x4 q q l x4', F_WRLCK, 0, 0, 0, 0);
  if (fcntl($file, F_SETLK, $lock)) { $held{$name} = $file; print "held\\n" }
  else { print $!{EAGAIN} || $!{EACCES} ? "busy\\n" : "none\\n" }
}
`
type Program = readonly [path: string, args: readonly string[]]
const BY_PERL: Program = ['/usr/bin/perl', ['-e', PERL]]
const BY_PYTHON: Program = ['python3', ['-S', '-E', '-c', PYTHON]]

type Helper = ChildProcessByStdio<Writable, Readable, null>

/** Takes fcntl locks on whole files by a small program beside us, if there is one that can. */
export class FcntlLocks implements Disposable {
  static readonly python = BY_PYTHON
  readonly #programs: readonly Program[]
  #helper: Helper | null = null
  /** Folders that are written to side by side ask at the same time: one program is started for all. */
  #starting: Promise<Helper | null> | null = null
  /** Those who wait for an answer, in the order in which they asked. */
  readonly #waiting: ((answer: string) => void)[] = []
  #unread = ''
  #isOver = false

  constructor(programs: readonly Program[] = isLinux64() ? [BY_PERL, BY_PYTHON] : [BY_PYTHON]) {
    this.#programs = programs
  }

  /** @param path - octets */
  async lock(path: string): Promise<FcntlAnswer> {
    const answer = await this.#ask('lock', path)
    return answer === 'held' || answer === 'busy' ? answer : 'none'
  }

  async free(path: string): Promise<void> {
    await this.#ask('free', path)
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    this.#helper?.stdin.end()
    this.#helper = null
  }

  async #ask(what: 'lock' | 'free', path: string): Promise<string> {
    this.#starting ??= this.#start()
    const helper = await this.#starting
    if (helper === null || helper !== this.#helper) return 'none'
    helper.ref()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      helper.stdin.write(`${what} ${Buffer.from(path, 'latin1').toString('hex')}\n`)
    })
  }

  /** The first of the programs that starts. */
  async #start(): Promise<Helper | null> {
    for (const [program, args] of this.#isOver ? [] : this.#programs) {
      const helper = await startProgram(program, args)
      if (helper === null) continue
      helper.stdout.setEncoding('latin1')
      helper.stdout.on('data', (text: string) => this.#take(text))
      helper.stdin.on('error', () => {})
      helper.on('close', () => this.#end())
      if (this.#isOver) helper.stdin.end()
      else this.#helper = helper
      return helper
    }
    this.#isOver = true
    return null
  }

  #take(text: string): void {
    const lines = `${this.#unread}${text}`.split('\n')
    this.#unread = lines.pop() ?? ''
    for (const line of lines) this.#waiting.shift()?.(line)
    if (this.#waiting.length === 0) this.#helper?.unref()
  }

  /** What a program that ended held is free again: no lock is promised from then on. */
  #end(): void {
    this.#isOver = true
    this.#helper = null
    for (const answer of this.#waiting.splice(0)) answer('none')
  }
}

function startProgram(program: string, args: readonly string[]): Promise<Helper | null> {
  return new Promise((resolve) => {
    const helper = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] })
    helper.once('error', () => resolve(null))
    helper.once('spawn', () => resolve(helper))
  })
}

const isLinux64 = (): boolean =>
  platform() === 'linux' && ['x64', 'arm64', 'ppc64', 's390x', 'riscv64'].includes(arch())
