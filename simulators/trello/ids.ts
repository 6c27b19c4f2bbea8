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

const dayMs = 86_400_000
let dayKnown = Number.NaN
let dayText = ''

let momentKnown = Number.NaN
let momentText = ''

/** A moment as Trello writes it: ISO 8601. Every change names one several times. */
export function isoOf(ms: number): string {
  if (ms !== momentKnown) {
    momentText = writtenOut(ms)
    momentKnown = ms
  }
  return momentText
}

/** All but the day is put together by hand, which is several times as quick as a `Date`. */
function writtenOut(ms: number): string {
  const day = Math.floor(ms / dayMs)
  if (day !== dayKnown) {
    dayText = new Date(day * dayMs).toISOString().slice(0, 'YYYY-MM-DDT'.length)
    dayKnown = day
  }
  const inDay = ms - day * dayMs
  const [hours, minutes, seconds] = [
    Math.floor(inDay / 3_600_000),
    Math.floor(inDay / 60_000) % 60,
    Math.floor(inDay / 1_000) % 60,
  ]
  return `${dayText}${padded(hours, 2)}:${padded(minutes, 2)}:${padded(seconds, 2)}.${padded(inDay % 1_000, 3)}Z`
}

function padded(value: number, digits: number): string {
  return String(Math.floor(value)).padStart(digits, '0')
}

/** The moment at which a thing was made, in milliseconds since 1970. */
export function madeAt(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16) * 1_000
}
