/** A store that was found on this computer, for a first configuration. */
export interface FoundStore {
  readonly name: string
  readonly type: string
  readonly path: string
}

/** A path as a YAML plain or quoted scalar; JSON strings are YAML. */
function yamlText(text: string): string {
  return /^[\w~./][\w~./ -]*$/.test(text) && !/ $/.test(text) ? text : JSON.stringify(text)
}

/** A first configuration file, with comments on all it may say that this version acts on. */
export function configTemplate(found: readonly FoundStore[]): string {
  const stores = found.map(({ name, type, path }) => `  ${name}: { type: ${type}, path: ${yamlText(path)} }\n`)
  const examples = '  # laptop: { type: maildir, path: ~/Mail }\n'
  return `# What mbaudit audits when a command names no store. Check it with: mbaudit config check
#
# A store has a type (maildir, mbox, mh or eml) and a path; a relative path counts from this file, ~ is your home.
# It may choose folders: * stands for any name within a level, ** across levels.
#   old: { type: mbox, path: ~/mail/archive.mbox }
#   phd: { type: mh, path: ~/Mail/phd, folders: ["**"], notFolders: [Trash, "Junk/**"] }
# An mbox may say how it is written, where it cannot be told from the file: variant: mboxo, mboxrd, mboxcl or mboxcl2
stores:
${stores.length > 0 ? stores.join('') : examples}
# Two stores that are kept alike: mbaudit sync NAME. archive never deletes, mirror deletes what master has no more,
# two-way brings over what was done on either side (docs/channels.md).
# channels:
#   backup: { master: laptop, slave: disk, mode: archive }
#   home:   { between: [work, laptop], mode: two-way }
# groups:
#   nightly: [home, backup]
`
}
