import type { StoreIndex } from '../../index/store-index.js'
import type { CompareOptions, Comparison } from './comparison.js'

/** Compares what two stores hold, mail by mail and folder by folder. */
export async function compareStores(
  _master: StoreIndex,
  _slave: StoreIndex,
  _options: CompareOptions,
): Promise<Comparison> {
  throw new RangeError('not yet')
}
