/** Prints what was measured, and writes it down as docs/performance.md. */
const number = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))

const rowCells = ({ what, ours, limit, unit, isReached, isFloor }) => [
  what,
  `${number(ours)} ${unit}`,
  `${isFloor ? 'at least' : 'at most'} ${limit} ${unit}`,
  isReached ? 'reached' : '**missed**',
]

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

export const ratios = (results) =>
  table(
    ['what', 'measured', 'wanted', ''],
    results.flatMap(({ rows }) => rows.map(rowCells)),
  )

const seconds = ({ title, took, rate }) =>
  `**${title}**${rate ? ` (${Math.round(rate / 100) * 100} messages a second)` : ''}\n\n${table(
    ['command', 'seconds', 'peak memory, MB'],
    Object.entries(took).map(([name, run]) => [`\`${name}\``, run.seconds.toFixed(3), run.megabytes.toFixed(0)]),
  )}`

export function document(results, { command, machine, mail, missing }) {
  const missed = results.flatMap(({ rows }) => rows).filter((row) => !row.isReached)
  return `# How fast it is

Made by \`${command}\`: seeded mail, whole processes with a warm file cache, each in turn with what it is measured against, the
median of several rounds, the largest peak of memory. Read the ratios: seconds are of one machine, and it does other things as well.

- machine: ${machine}
- mail: ${mail}
- of every 100 messages, 5 are identical copies and 1 came another way; of every 200, one has no Message-ID
${missing.length ? `- not installed here, so not measured: ${missing.join(', ')}\n` : ''}
${ratios(results)}

${missed.length ? `## Where it falls short\n\n${missed.map((row) => `- ${row.what}: ${number(row.ours)} ${row.unit}`).join('\n')}\n\n` : ''}## The seconds behind it

${results
  .filter(({ took }) => Object.keys(took).length > 0)
  .map(seconds)
  .join('\n\n')}

## What it costs elsewhere

- A tool that compares bytes alone (rdfind, jdupes, fdupes) goes over 50,000 files about as fast; it finds no copy that a
  list, a gateway or a second delivery has touched.
- Mail with no Message-ID and copies that are not identical are decoded (MIME, charsets), which costs several times what
  their digest did: a store where most mail is of that kind takes that much longer. So does \`--by content\`, which decodes all of it.
- A cold disk is slower than anything above: then the disk is what is measured.
`
}
