import { findingAtImport, type ImportEdge, importsOfCode } from './imports.ts'
import type { Finding, Project, Rule } from './project.ts'

/** What production code stands on. A room imports what stands before it in its line, and no other line. */
const productionLine = ['http', 'core', 'providers']
/** What tests of integrations stand on. */
const testingLine = [
  ...['http', 'simulator', 'faults', 'doors', 'world', 'explore', 'invariants', 'report', 'scenario'],
  ...['contracts', 'record', 'cli'],
]
/** Packages that not every room may load: heavy ones, and those that production code must be free of. */
const roomsOfPackage: Readonly<Record<string, readonly string[]>> = {
  vitest: ['scenario', 'cli'],
  'fast-check': ['explore', 'scenario'],
  '@sinonjs/fake-timers': ['world'],
  '@pact-foundation/pact': ['contracts'],
  msw: ['doors'],
  commander: ['cli'],
  '@faker-js/faker': ['simulators'],
}
const kitDoor = 'src/simulator/index.ts'

/** Imports go from a room to rooms that stand before it, imports of types included. */
export const importsPointUp: Rule = {
  name: 'imports point up the layout',
  check: (project) => importsOfCode(project).flatMap(judged),
}

function judged(edge: ImportEdge): Finding[] {
  const says = breachOf(edge)
  return says === undefined ? [] : [findingAtImport(edge, says)]
}

function breachOf({ from, to, packageName }: ImportEdge): string | undefined {
  const room = roomOf(from.path)
  if (packageName === 'stuntdouble') return 'Code of the package imports its own files by path, not by its name.'
  if (packageName !== undefined) return packageBreach(room, packageName)
  if (to === undefined) return undefined
  const target = roomOf(to)
  if (target === room) return simulatorOf(from.path) === simulatorOf(to) ? undefined : 'Simulators share nothing.'
  if (target === undefined) return `${to} is no part of the package: move what is needed into src/.`
  if (room === 'simulators') return to === kitDoor ? undefined : `A simulator imports from src/ only ${kitDoor}.`
  if (room === 'door') return target === 'cli' ? 'The command stands on the package, not the package on it.' : undefined
  // The command opens simulators by the name that somebody typed.
  if (room === 'cli' && target === 'simulators') return undefined
  if (target === 'door') return 'Only users of the package come through its door: import the file that declares it.'
  const allowed = [...lineBefore(productionLine, room), ...lineBefore(testingLine, room)]
  if (allowed.includes(target)) return undefined
  return `${room}/ may import ${allowed.join('/, ') || 'nothing'}${allowed.length > 0 ? '/' : ''}, not ${target}/: move the shared part up, or turn the arrow round.`
}

function packageBreach(room: string | undefined, packageName: string): string | undefined {
  const rooms = roomsOfPackage[packageName]
  if (!rooms || room === undefined || rooms.includes(room)) return undefined
  return `${packageName} may be imported only in ${rooms.join('/, ')}/: who imports ${room}/ must not have to load it.`
}

function lineBefore(line: readonly string[], room: string | undefined): readonly string[] {
  return line.slice(0, Math.max(0, line.indexOf(room ?? '')))
}

/** The room a file stands in; `door` for the package's own; `undefined` outside the package. */
function roomOf(path: string): string | undefined {
  const [top, second, ...rest] = path.split('/')
  if (top === 'simulators') return 'simulators'
  if (top !== 'src') return undefined
  return rest.length === 0 ? 'door' : second
}

function simulatorOf(path: string): string | undefined {
  const [top, provider] = path.split('/')
  return top === 'simulators' ? provider : undefined
}

/** Every folder of src/ stands in the layout: a new one says where. */
export const roomsAreKnown: Rule = {
  name: 'every room stands in the layout',
  check: ({ sources }) => {
    const known = new Set([...productionLine, ...testingLine, 'simulators', 'door'])
    return sources.flatMap(({ path }) => {
      const room = roomOf(path)
      if (room === undefined || known.has(room)) return []
      return [{ path, line: 1, says: `The layout has no room src/${room}/: give it its place in test/tidy/layout.ts.` }]
    })
  },
}

/** No file reaches itself through its imports, imports of types included. */
export const importsMakeNoCircle: Rule = {
  name: 'imports make no circle',
  check: (project) => {
    const edges = Map.groupBy(importsOfCode(project), ({ from }) => from.path)
    return project.sources.flatMap(({ path }) => {
      const circle = shortestWayBack(path, edges)
      // Each circle is told once, at the first of its files.
      if (!circle || [...circle.map(({ from }) => from.path)].sort()[0] !== path) return []
      const [first] = circle
      const way = [...circle.map(({ from }) => from.path), path].join(' → ')
      return first ? [findingAtImport(first, `Circle: ${way}. Move what both need into a file of its own.`)] : []
    })
  },
}

function shortestWayBack(start: string, edges: ReadonlyMap<string, readonly ImportEdge[]>): ImportEdge[] | undefined {
  let ways: ImportEdge[][] = (edges.get(start) ?? []).map((edge) => [edge])
  const seen = new Set<string>()
  while (ways.length > 0) {
    const longer: ImportEdge[][] = []
    for (const way of ways) {
      const to = way.at(-1)?.to
      if (to === start) return way
      if (to === undefined || seen.has(to)) continue
      seen.add(to)
      for (const edge of edges.get(to) ?? []) longer.push([...way, edge])
    }
    ways = longer
  }
  return undefined
}

/** `index.ts` stands only where package.json has a door. */
export const indexFilesAreDoors: Rule = {
  name: 'index.ts stands only at a package door',
  check: (project) => {
    const doors = doorFilesOf(project)
    return project.sources
      .filter(({ path }) => /^(?:src|simulators)\/(?:.*\/)?index\.ts$/.test(path) && !doors.includes(path))
      .map(({ path }) => ({
        path,
        line: 1,
        says: 'No entry of "exports" leads here: name the file after what it holds.',
      }))
  },
}

/** The source files that `exports` of package.json leads to. */
export function doorFilesOf({ files }: Project): string[] {
  const manifest = files.find(({ path }) => path === 'package.json')
  if (!manifest) return []
  const { exports } = JSON.parse(manifest.text) as { readonly exports: Readonly<Record<string, unknown>> }
  return Object.values(exports).flatMap((door) => {
    const source = (door as { readonly 'stuntdouble-source'?: string })['stuntdouble-source']
    return source === undefined ? [] : [source.replace(/^\.\//, '')]
  })
}
