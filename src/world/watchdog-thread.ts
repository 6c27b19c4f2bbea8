import { writeSync } from 'node:fs'
import inspector, { type Debugger } from 'node:inspector'
import { type MessagePort, workerData } from 'node:worker_threads'
import { barks, beats, lookEveryMs, silence } from './watchdog-memory.ts'

// Runs in a thread of its own and looks after the main one. It is connected to nothing until it has to act.

const { memory, port } = workerData as { readonly memory: Int32Array; readonly port: MessagePort }
let seen = -1
// Looks, not moments: a machine that was suspended has not been silent meanwhile.
let looksInSilence = 0

setInterval(() => {
  const silenceMsMax = Atomics.load(memory, silence)
  if (silenceMsMax === 0 || isAlive()) looksInSilence = 0
  else if (++looksInSilence * lookEveryMs > silenceMsMax) {
    looksInSilence = 0
    endWhatRuns()
  }
}, lookEveryMs)

function isAlive(): boolean {
  const now = Atomics.load(memory, beats)
  const alive = now !== seen
  seen = now
  return alive
}

/** Stops the main thread as a debugger does, looks where it is, and ends what it finds there. */
function endWhatRuns(): void {
  const session = new inspector.Session()
  session.connectToMainThread()
  // Frames name their scripts by number; every script is told of when the debugger is enabled.
  const urls = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => urls.set(scriptId, url))
  session.on('Debugger.paused', ({ params }) => {
    const callFrames = params.callFrames.map((frame) => ({ ...frame, url: urls.get(frame.location.scriptId) ?? '' }))
    // It may have come back to life, or to its end, while it was being stopped.
    if (isAlive() || Atomics.load(memory, silence) === 0) {
      session.post('Debugger.resume', () => session.disconnect())
      return
    }
    const where = placeInWords(callFrames)
    port.postMessage(where)
    Atomics.add(memory, barks, 1)
    whenEndable(session, callFrames, (endable) => {
      // The terminate button of a debugger: no code can catch it.
      if (endable) session.post('Debugger.resume', { terminateOnResume: true }, () => session.disconnect())
      else endProcess(where)
    })
  })
  session.post('Debugger.enable')
  session.post('Debugger.pause')
}

function placeInWords(frames: readonly Debugger.CallFrame[]): string {
  const own = frames.find(({ url }) => url !== '' && !url.startsWith('node:'))
  return own
    ? `${own.functionName || 'a function'} at ${own.url}:${own.location.lineNumber + 1}`
    : 'a loop of microtasks'
}

const schedulers = /^node:(internal\/process\/task_queues|internal\/timers|async_hooks|internal\/async_hooks)$/

/**
 * Node keeps books of what runs between the start and the end of a callback, and aborts the process when they do not
 * balance. Only what runs as a microtask stands in no such book.
 */
function whenEndable(
  session: inspector.Session,
  frames: readonly Debugger.CallFrame[],
  tell: (endable: boolean) => void,
): void {
  const scheduler = frames.find(({ url, functionName }) => schedulers.test(url) && functionName !== '')
  if (scheduler?.functionName !== 'processTicksAndRejections') {
    // That one runs microtasks, and leaves all else to the other.
    tell(scheduler === undefined || scheduler.functionName === 'runNextTicks')
    return
  }
  const { callFrameId } = scheduler
  // While a tick runs, this local variable of Node's holds it.
  session.post('Debugger.evaluateOnCallFrame', { callFrameId, expression: 'tock === null' }, (error, answer) => {
    tell(!error && answer.result.value === true)
  })
}

/** The last resort: a process that ends is heard of, and one that hangs is not. By force, since an exit would wait for us. */
function endProcess(where: string): void {
  writeSync(2, `stuntdouble: the code of a world never gave the event loop back, and had to be ended: ${where}\n`)
  process.kill(process.pid, 'SIGKILL')
}
