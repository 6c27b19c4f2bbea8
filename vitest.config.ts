import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly 'stuntdouble-source': string }>>
}

const { exports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as Manifest

/** The package's own doors lead to its source here, so that what runs in this checkout needs no build. */
const doors = Object.entries(exports).flatMap(([door, target]) =>
  typeof target === 'string'
    ? []
    : [
        {
          find: new RegExp(`^stuntdouble${door.slice(1)}$`),
          replacement: new URL(target['stuntdouble-source'], import.meta.url).pathname,
        },
      ],
)

export default defineConfig({
  resolve: { alias: doors },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    // Hooks that start processes take their time on a busy machine.
    hookTimeout: 60_000,
  },
})
