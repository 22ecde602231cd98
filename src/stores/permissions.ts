import { closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync, type Stats, statSync } from 'node:fs'
import { codeOf } from './file-reader.js'
import { openablePath } from './octet-name.js'

/** Of what is made first, and stays so where nobody else may use the directory it lies in. */
export const PRIVATE_FILE = 0o600
export const PRIVATE_DIRECTORY = 0o700
const SETGID = 0o2000
const STICKY = 0o1000

type Access = Pick<Stats, 'uid' | 'gid' | 'mode'>

/** To whom new files go: to those who may use the directory that they lie in. */
export interface Owner {
  /** @param fd - of a file that is its maker's alone */
  take(fd: number): void
}

/**
 * The permissions of a directory for the files in it, as Dovecot gives them: the same without the right to execute, and the
 * directory's group; but mail is never for everybody. The owner is the directory's, where we may give files away.
 *
 * @param isRoot - whether files that we make belong to root unless we give them away
 */
export function ownerOf(directory: Access, isRoot: boolean): Owner {
  return {
    take: (fd) => {
      if (isRoot && directory.uid !== 0) fchownSync(fd, directory.uid, directory.gid)
      share(fd, fileModeIn(directory), directory.gid)
    },
  }
}

/** An mbox file lies among others in its directory (`/var/mail`): its owner is whoever makes it. */
export const shareMailbox = (fd: number, directory: Access): void => share(fd, fileModeIn(directory), directory.gid)

/** A directory is for those who may use the one that it lies in. @param path - octets of one that is its maker's alone */
export function shareDirectory(path: string, parent: Access): void {
  const fd = openSync(openablePath(path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    share(fd, PRIVATE_DIRECTORY | shared(parent, 0o077) | (parent.mode & SETGID), parent.gid)
  } finally {
    closeSync(fd)
  }
}

/** What takes a file's place is for those who had that one, as far as we may give it to them. */
export function takeAfter(fd: number, old: Access): void {
  if (old.uid !== fstatSync(fd).uid) isGranted(() => fchownSync(fd, old.uid, old.gid))
  share(fd, old.mode & 0o777, old.gid)
}

/** @param path - octets */
export const accessOf = (path: string): Access => statSync(openablePath(path))

const fileModeIn = (directory: Access): number => PRIVATE_FILE | shared(directory, 0o060)

/** Where everybody may put files and nobody another's away, as in `/tmp`, what a directory allows says nothing of its files. */
const shared = ({ mode }: Access, bits: number): number => ((mode & STICKY) === 0 ? mode & bits : 0)

/** Our own group gets no more than everybody where we may not give a file to the other one. */
function share(fd: number, mode: number, gid: number): void {
  const now = fstatSync(fd)
  const needsGroup = (mode & 0o070) !== 0 && now.gid !== gid
  const isTheirs = !needsGroup || isGranted(() => fchownSync(fd, -1, gid))
  const wanted = isTheirs ? mode : mode & (~0o070 | ((mode & 0o007) << 3))
  if ((now.mode & 0o3777) !== wanted) isGranted(() => fchmodSync(fd, wanted))
}

/** Whether the system did it: some file systems know no owners or modes, and not everybody may give files away. */
function isGranted(act: () => void): boolean {
  try {
    act()
    return true
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'].includes(codeOf(error))) throw error
    return false
  }
}
