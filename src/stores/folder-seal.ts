const SIGN = ' #'

/** @param stamp - empty: nothing proves the file unchanged */
export const fileStamp = (version: string, stamp: string, isLink: boolean): string =>
  stamp === '' ? '' : `${version} ${stamp}${isLink ? '.s' : ''}`

/**
 * A sum over the files of a folder, in whatever order they come: each path with the stamp that proves its file unchanged. A
 * folder that gives the same seal again holds the same files, so that what is known of them need not be looked up one by one.
 */
export class FolderSeal {
  #count = 0
  #first = 0
  #second = 0
  #isWhole = true

  /** @param stamp - empty: nothing proves the file unchanged, nor then the folder */
  add(path: string, stamp: string): void {
    if (stamp === '') this.#isWhole = false
    let [one, other] = [0x811c9dc5, 0x9747b28c]
    const text = `${path} ${stamp}`
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      one = Math.imul(one ^ unit, 0x01000193)
      other = Math.imul(other ^ unit, 0x5bd1e995) ^ (other >>> 15)
    }
    this.#count++
    this.#first = (this.#first + mix(one ^ (other >>> 7))) >>> 0
    this.#second = (this.#second + mix(other ^ (one >>> 9))) >>> 0
  }

  /** Something in the folder is no message, or could not be looked at. */
  break(): void {
    this.#isWhole = false
  }

  /** @param beside - what else tells the flags of its messages; null: nobody says. @returns null: nothing is proven */
  text(beside: string | null): string | null {
    if (!this.#isWhole || beside === null) return null
    const rest = new FolderSeal()
    rest.add('', `${beside}.`)
    return [this.#count, this.#first, this.#second, rest.#first, rest.#second]
      .map((part) => part.toString(36))
      .join('.')
  }
}

/** The finalisation of MurmurHash3 (Appleby, 2011): every bit of it depends on every bit of what it is made from. */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** A scan's state: how the folder's stamps are made, and the seal where there is one. */
export const sealedState = (version: string, seal: string | null): string =>
  seal === null ? version : `${version}${SIGN}${seal}`

export function readSealedState(state: string): { readonly version: string; readonly seal: string | null } {
  const at = state.indexOf(SIGN)
  return at < 0 ? { version: state, seal: null } : { version: state.slice(0, at), seal: state.slice(at + SIGN.length) }
}
