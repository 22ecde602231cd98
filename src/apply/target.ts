import type { StoreSpec } from '../stores/store.js'
import type { WritableStore } from '../stores/writable.js'
import { openWritableStore } from '../stores/writable-drivers.js'

/** Opens a store to be changed. @param create - makes it where nothing lies */
export function openTarget(spec: StoreSpec, create: boolean): Promise<WritableStore> {
  return openWritableStore(spec, create)
}
