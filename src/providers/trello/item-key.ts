/** Keys of items: short enough to stand in a description, and of characters that Trello leaves alone. */
export const keyPattern: RegExp = /^[\w.:-]{1,64}$/

const keyLines = /^\[item-key ([\w.:-]{1,64})\]$/gm

/** A description that carries a key, in a last line of its own. */
export function withKey(description: string, key: string): string {
  return `${description}${description === '' ? '' : '\n\n'}[item-key ${key}]`
}

/** The key that a description carries: the last one, since an author may have quoted another. */
export function keyIn(description: string): string | undefined {
  return [...description.matchAll(keyLines)].at(-1)?.[1]
}

/** The description without the line that carries its key. */
export function withoutKey(description: string): string {
  const last = [...description.matchAll(keyLines)].at(-1)
  if (!last) return description
  const before = description.slice(0, last.index).replace(/\n{1,2}$/, '')
  return before + description.slice(last.index + last[0].length)
}
