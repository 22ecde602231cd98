import { spawnSync } from 'node:child_process'

/** Whether there is util-linux's `script`, which gives a program a terminal (Debian: bsdutils). */
export const hasScript =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false
