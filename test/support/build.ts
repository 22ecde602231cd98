import { execFileSync } from 'node:child_process'

/** Builds the program once before the tests: a spawned program that is older than its sources proves nothing. */
export default function build(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
}
