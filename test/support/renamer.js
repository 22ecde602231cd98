// Renames messages of a Maildir for their flags, as a mail client does, until it is told to stop (its standard input ends).
import { readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'

const [directory, rate] = process.argv.slice(2)
const cur = join(directory, 'cur')
const names = readdirSync(cur)
let renames = 0
const letters = ['', 'F', 'FS', 'S', 'RS']
const timer = setInterval(() => {
  const n = Math.floor(Math.random() * names.length)
  const next = names[n].replace(/:2,.*/, `:2,${letters[renames % letters.length]}`)
  renameSync(join(cur, names[n]), join(cur, next))
  names[n] = next
  renames++
}, 1000 / Number(rate))
process.stdout.write('ready\n')
process.stdin.resume().on('end', () => {
  clearInterval(timer)
  process.stdout.write(`${renames}\n`)
})
