import type { Files, Proof } from './proof.ts'

const manifest = (...doors: string[]): Files => ({
  'package.json': JSON.stringify({
    exports: Object.fromEntries(doors.map((door) => [door, { 'stuntdouble-source': `./${door}` }])),
  }),
})

/** What the rules about docstrings refuse and admit. */
export const docstringProofs = {
  exportsAreDocumented: {
    refuses: {
      'a bare function behind a door': {
        files: {
          ...manifest('src/index.ts'),
          'src/index.ts': "export { a } from './core/a.ts'",
          'src/core/a.ts': '\nexport function a() {}',
        },
        at: 'src/core/a.ts:2',
      },
      'a bare type behind two doors': {
        files: {
          ...manifest('src/index.ts'),
          'src/index.ts': "export type { B } from './core/b.ts'",
          'src/core/b.ts': "export type { A as B } from './a.ts'",
          'src/core/a.ts': '/* no doc comment */\nexport interface A {}',
        },
        at: 'src/core/a.ts:2',
      },
      'a bare constant in a door': {
        files: { ...manifest('src/index.ts'), 'src/index.ts': '// says nothing\nexport const a = 1' },
        at: 'src/index.ts:2',
      },
    },
    admits: {
      'documented, or behind no door': {
        ...manifest('src/index.ts'),
        'src/index.ts': "export { a } from './core/a.ts'",
        'src/core/a.ts': '/** Does it. */\nexport function a() {}\nexport function b() {}',
      },
    },
  },
  optionsAreDocumented: {
    refuses: {
      'a bare field of options': {
        files: {
          ...manifest('src/index.ts'),
          'src/index.ts': '/** A. */\nexport interface AOptions {\n  readonly waitMs?: number\n}',
        },
        at: 'src/index.ts:3',
      },
      'a bare field of options that options hold': {
        files: {
          ...manifest('src/index.ts'),
          'src/index.ts': "import type { Bounds } from './b.ts'\n/** A. */\nexport function a(b: { c: Bounds }) {}",
          'src/b.ts': 'export interface Bounds {\n  /** Milliseconds. */\n  a: number\n  b: number\n}',
        },
        at: 'src/b.ts:4',
      },
      'a bare field of what a function takes as its settings': {
        files: {
          ...manifest('src/index.ts'),
          'src/index.ts':
            '/** A. */\nexport function a(settings: Partial<Hang> = {}) {}\ninterface Hang {\n  ms: number\n}',
        },
        at: 'src/index.ts:4',
      },
      'a bare field in a union': {
        files: {
          ...manifest('src/index.ts'),
          'src/index.ts': '/** A. */\nexport type AOptions = {\n  /** B. */ b: 1 } | {\n  c: 2 }',
        },
        at: 'src/index.ts:4',
      },
    },
    admits: {
      'documented fields, tags, and types that nobody writes': {
        ...manifest('src/index.ts'),
        'src/index.ts': [
          "/** A. */\nexport interface AOptions {\n  /** B. */\n  readonly b?: number\n  readonly kind: 'a'\n}",
          '/** C. */\nexport interface Reading {\n  readonly at: number\n}',
          'interface OwnOptions {\n  readonly d: number\n}',
        ].join('\n'),
      },
    },
  },
} satisfies Readonly<Record<string, Proof>>
