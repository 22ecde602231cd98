import { userInfo } from 'node:os'
import { isAbsolute } from 'node:path'

/** Below it nothing can be made, whoever tries. */
const NOWHERE = '/dev/null'

/**
 * Settles where the user's files lie: `HOME` if it is an absolute path, else what the system knows of the user. A user whom it does
 * not know has no home: nothing is kept then, least of all in the folder that the program was started in.
 */
export function settleHome(env: NodeJS.ProcessEnv): void {
  if (process.platform === 'win32') return
  const known = knownHome()
  if (!isAbsolute(env.HOME ?? '')) env.HOME = known ?? NOWHERE
  // oclif asks the system for a shell that is not named, and does not expect that there is no such user.
  if (known === null) env.SHELL ??= '/bin/sh'
}

function knownHome(): string | null {
  try {
    const { homedir } = userInfo()
    return isAbsolute(homedir) ? homedir : null
  } catch {
    return null
  }
}
