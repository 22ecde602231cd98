/** The text with every ASCII letter in the other case: stores that fold case fold these. */
export const turnCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))
