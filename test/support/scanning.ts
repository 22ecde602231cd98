import { type ScannedStore, type ScanOptions, scanStore } from '../../src/index/scan.js'
import type { Store } from '../../src/stores/store.js'

/** Scans with nothing kept, unless told otherwise. */
export function scan(store: Store, options: Partial<ScanOptions> = {}): Promise<ScannedStore> {
  return scanStore(store, {
    cacheDirectory: null,
    rebuild: false,
    wanted: () => true,
    keepSubjects: true,
    onProgress: () => {},
    now: () => 0,
    signal: new AbortController().signal,
    ...options,
  })
}
