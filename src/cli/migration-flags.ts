import * as Flags from '@oclif/core/flags'
import { FORMATS } from './migration-formats.js'

/** The flags that migrate alone has. */
export const migrationFlags = {
  format: Flags.option({ options: FORMATS })({ description: 'how the target is laid out, where it is local' }),
  into: Flags.string({
    helpValue: 'TARGET',
    description: 'where to; then all stores that are named are copied into it',
  }),
  'into-existing': Flags.boolean({ description: 'add to a target that holds other mail' }),
  dedupe: Flags.boolean({
    description: 'each mail once: leave out copies that dedupe would take away, whichever folder or source they are in',
  }),
  flatten: Flags.boolean({ description: 'no folders in folders: Archive/2001 becomes Archive-2001' }),
  'no-deleted': Flags.boolean({ description: 'leave out mail that is only marked as deleted' }),
  'no-manifest': Flags.boolean({
    description: 'write no TARGET.sha256, the checksums for sha256sum -c, beside a local target',
  }),
}
