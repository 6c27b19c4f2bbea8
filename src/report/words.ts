import { styleText } from 'node:util'

/** How a report is rendered. */
export interface RenderOptions {
  /** Colours and bold, as ANSI sequences. */
  readonly color: boolean
  /** Lines that could be longer are cut at this column. */
  readonly columns: number
}

/** What a piece of text is; colour follows from it. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'strong' | 'call'

/** Puts text into its tone. */
export type Paint = (tone: Tone, text: string) => string

type Format = Parameters<typeof styleText>[0]

const formats: Readonly<Record<Tone, Format>> = {
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  quiet: 'dim',
  strong: 'bold',
  call: 'cyan',
}

/** Makes a painter; without colour it leaves text as it is. */
export function painter(color: boolean): Paint {
  // Whoever renders has decided on colour already; the stream's own opinion would overrule --no-color.
  return color ? (tone, text) => styleText(formats[tone], text, { validateStream: false }) : (_, text) => text
}

/** `1 run`, `12 runs`; thousands apart. */
export function counted(count: number, noun: string): string {
  return `${thousands(count)} ${count === 1 ? noun : `${noun}s`}`
}

/** `1,234`, in every locale. */
export function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A length of time in its two largest units: `14 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationInWords(ms: number): string {
  if (ms < second) return `${Math.round(ms)} ms`
  if (ms < minute) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  if (ms < hour) return twoUnits(ms, minute, 'min', second, 's')
  if (ms < day) return twoUnits(ms, hour, 'h', minute, 'min')
  return twoUnits(ms, day, 'd', hour, 'h')
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small)
  return `${thousands(Math.floor(ms / large))} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`
}

/** A point in virtual time since the start: `00:01.262`, `1:02:03.456`. */
export function clockTime(ms: number): string {
  const whole = Math.round(ms)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const tail = `${two((whole % hour) / minute)}:${two((whole % minute) / second)}.${String(whole % second).padStart(3, '0')}`
  return whole < hour ? tail : `${Math.floor(whole / hour)}:${tail}`
}

/** Text on one line, cut with `…` so that it takes `widthMax` columns at most. */
export function shortened(text: string, widthMax: number): string {
  const flat = text.replace(/\s*[\r\n]+\s*/g, ' ')
  return flat.length <= widthMax ? flat : `${flat.slice(0, Math.max(0, widthMax - 1))}…`
}

/** Text in lines of `width` columns at most, broken between words; a longer word stays whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(/\s+/)) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines
}
