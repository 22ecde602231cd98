/** How a local target is laid out (`--format`). */
export const FORMATS = ['maildir', 'maildir-fs', 'mbox', 'mboxrd', 'mboxo', 'mboxcl2', 'mh', 'eml'] as const
export type Format = (typeof FORMATS)[number]
