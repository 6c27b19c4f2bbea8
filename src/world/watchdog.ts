import inspector from 'node:inspector'
import { extname } from 'node:path'
import { isMainThread, MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { place } from './context.ts'
import { barks, beats, cells, silence } from './watchdog-memory.ts'

/** Ends code that never gives the event loop back: nothing in its own thread could. */
export interface Watchdog {
  /** A run begins, and has to show life at least this often, in real milliseconds. */
  watch(silenceMsMax: number): void
  /** Shows life; tells where code of this run had to be ended, if any had to. */
  beat(): string | undefined
  /** The run is over. */
  rest(): void
}

const sleeping: Watchdog = {
  watch: () => undefined,
  beat: () => undefined,
  rest: () => undefined,
}

let awake: Watchdog | undefined

/**
 * The watchdog of this process; its thread starts with the first run. There is none where it could do nothing (in a
 * worker thread) or harm (under a debugger, which stops code for as long as a person thinks).
 */
export function watchdog(): Watchdog {
  if (!isMainThread || inspector.url() !== undefined) return sleeping
  // Its thread is ours, not the subject's: no run is marked for it.
  awake ??= place.exit(wake)
  return awake
}

function wake(): Watchdog {
  const memory = new Int32Array(new SharedArrayBuffer(cells * Int32Array.BYTES_PER_ELEMENT))
  // A port of its own can be read at any moment; the worker's own one brings its messages when it likes.
  const { port1, port2 } = new MessageChannel()
  port1.unref()
  const file = new URL(`watchdog-thread${extname(import.meta.url)}`, import.meta.url)
  const settings = { workerData: { memory, port: port2 }, transferList: [port2], env: {}, execArgv: [] }
  new Worker(file, settings).unref()
  let barksBefore = 0
  return {
    watch: (silenceMsMax) => {
      latest(port1)
      barksBefore = Atomics.load(memory, barks)
      Atomics.store(memory, silence, silenceMsMax)
    },
    beat: () => {
      Atomics.add(memory, beats, 1)
      return Atomics.load(memory, barks) === barksBefore ? undefined : latest(port1)
    },
    rest: () => {
      Atomics.store(memory, silence, 0)
    },
  }
}

function latest(port: MessagePort): string | undefined {
  return (receiveMessageOnPort(port) as { readonly message: string } | undefined)?.message
}
