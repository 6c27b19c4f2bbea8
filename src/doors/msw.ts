/**
 * Handlers for a set-up of Mock Service Worker.
 *
 * @module stuntdouble/msw
 */
import { withPeer } from './peer.ts'

type Handlers = typeof import('./msw-handlers.ts')
const handlers: Handlers = await withPeer(
  'stuntdouble/msw',
  { name: 'msw', major: 3 },
  () => import('./msw-handlers.ts'),
)

/**
 * Handlers for Mock Service Worker that answer at a simulator's origins, in real time: for who has an MSW set-up
 * already. Needs the package `msw`, 3 or later.
 *
 * MSW can say of a connection only that it failed: refused, reset and unresolved look alike. A body that breaks off and
 * one that drips look as they are.
 *
 * @param of  A simulator, or live simulators whose state, faults and journal are at hand.
 */
export const handlersOf: Handlers['handlersOf'] = handlers.handlersOf
