// Loaded before a program: when that ends, the most memory that it had goes to a file, in KB.
import { writeFileSync } from 'node:fs'

process.on('exit', () => writeFileSync(process.env.PEAK_MEMORY ?? '', String(process.resourceUsage().maxRSS)))
