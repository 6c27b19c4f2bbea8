import { createWorld } from '../../src/world/world.ts'
import { parrot } from '../doors/parrot.ts'

// A process of its own, which its world has to end: what loops stands in Node's books and cannot be ended alone.
const loops: Readonly<Record<string, () => void>> = {
  ticks: () => {
    const again = (): void => process.nextTick(again)
    again()
  },
  'a timer': () => {
    setTimeout(() => {
      for (;;);
    }, 10)
  },
}

await createWorld({ simulators: { parrot: parrot() }, bounds: { realMsMax: 200 } }).run(async () => {
  loops[process.argv[2] ?? '']?.()
  await new Promise((resolve) => setTimeout(resolve, 1_000))
})
