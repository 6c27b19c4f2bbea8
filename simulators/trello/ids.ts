import type { Clock, Random } from '../../src/simulator/index.ts'

/** Ids of things: 24 hexadecimal digits, the first eight the second of their making. */
export const idPattern: RegExp = /^[0-9a-fA-F]{24}$/
/** Short links of boards and cards. */
export const shortLinkPattern: RegExp = /^[A-Za-z0-9]{8}$/

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const scratch = Buffer.alloc(8)

/** Makes an id: of a thing, or with `kind` `shortLink` a short link. */
export function trelloId({ random, clock }: { readonly random: Random; readonly clock: Clock }, kind?: string): string {
  if (kind === 'shortLink') {
    let link = ''
    while (link.length < 8) link += alphabet[random.integer(0, alphabet.length - 1)]
    return link
  }
  const seconds = Math.floor(clock.now() / 1_000)
  random.fill(scratch)
  return seconds.toString(16).padStart(8, '0') + scratch.toString('hex')
}

let lastMs = Number.NaN
let lastIso = ''

/** A moment as Trello writes it: one change names the same moment several times, so the last one is kept. */
export function isoOf(ms: number): string {
  if (ms !== lastMs) {
    lastIso = new Date(ms).toISOString()
    lastMs = ms
  }
  return lastIso
}

/** The moment at which a thing was made, in milliseconds since 1970. */
export function madeAt(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16) * 1_000
}
