import { spawnSync } from 'node:child_process'

/** Builds the program once before the tests: a spawned program that is older than its sources proves nothing. */
export default function build(): void {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
  if (status !== 0) console.error('The build failed; tests that run the program cannot be trusted.')
}
