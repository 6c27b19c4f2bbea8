import { closest } from 'fastest-levenshtein'

/** Says which valid name is nearest to one that does not exist, and which there are. */
export function didYouMean(given: unknown, valid: readonly string[]): string {
  if (valid.length === 0) return 'There are none.'
  const nearest = typeof given === 'string' ? `Did you mean "${closest(given, [...valid])}"? ` : ''
  return `${nearest}Known: ${valid.join(', ')}.`
}
