import { beforeAll, describe, expect, test } from 'vitest'
import { callFaultNames, deliveryFaultNames } from '../src/faults/catalogue.ts'
import { builtInInvariants } from '../src/invariants/built-in.ts'
import { callsIn, type Offer, staleCommandsIn } from './docs/commands.ts'
import { brokenLinksOf, type Example, examplesInMarkdown, examplesOf, isShell, isTypeScript } from './docs/examples.ts'
import { type Outcome, run, tryOut } from './docs/workshop.ts'
import { openControlled } from './doors/controlled.ts'
import { projectOf, projectOnDisk } from './tidy/project.ts'

const project = projectOnDisk()
const examples = examplesOf(project)
const code = examples.filter(isTypeScript)
const shell = examples.filter(isShell)
const where = ({ path, line }: Example): string => `${path}:${line}`
const tick = '`'
const block = (info: string, ...lines: string[]): string => [tick.repeat(3) + info, ...lines, tick.repeat(3)].join('\n')

/** Examples that have gone stale, each in its own way. */
const stale = {
  'does not compile': ['ts', "import { createWorld } from 'stuntdouble'", 'createWorld({ simulators: 1 })'],
  'throws when it runs': ['ts', "import assert from 'node:assert/strict'", 'assert.equal(1 + 1, 3)'],
  'fails as a test': ['ts', "import { expect, test } from 'vitest'", "test('a', () => expect(1).toBe(2))"],
  'is a test file without a test': ['ts', "import { expect } from 'vitest'", 'expect(1).toBe(1)'],
  'makes a claim that does not hold': [
    'ts',
    "import { scenario } from 'stuntdouble'",
    "import { trello } from 'stuntdouble/simulators/trello'",
    "export default scenario('Test_Stale', {",
    "  claim: 'never holds', simulators: { trello: trello() }, subject: () => ({}),",
    "  play: () => {}, eventually: { 'never': () => false },",
    '})',
  ],
} as const

type Staleness = keyof typeof stale
const staleExamples = Object.entries(stale).map(([name, [info, ...lines]]) => {
  const [example] = examplesInMarkdown({ path: `proof/${name}.md`, text: `\n${block(info, ...lines)}` })
  return { name: name as Staleness, example: example as Example }
})

let outcomes: ReadonlyMap<Example, Outcome>
let offer: Offer

beforeAll(async () => {
  outcomes = await tryOut([...code, ...staleExamples.map(({ example }) => example)])
  const [general, ofRun, ofSimulate, list] = await Promise.all(
    [['--help'], ['run', '--help'], ['simulate', '--help'], ['run', '--list', '--json']].map((flags) =>
      run('bin/stuntdouble.js', flags),
    ),
  )
  const manifest = project.files.find(({ path }) => path === 'package.json')?.text ?? '{}'
  offer = {
    help: { '': general?.output ?? '', run: ofRun?.output ?? '', simulate: ofSimulate?.output ?? '' },
    scripts: Object.keys((JSON.parse(manifest) as { readonly scripts: object }).scripts),
    scenarios: [...(list?.output ?? '').matchAll(/"(Test_\w+)"/g)].map(([, name = '']) => name),
  }
}, 180_000)

test('the documents show code and commands', () => {
  expect(code.filter(({ path }) => path === 'README.md').length).toBeGreaterThan(3)
  expect(shell.filter(({ path }) => path === 'README.md').length).toBeGreaterThan(0)
})

describe('code that the documents show', () => {
  test.for(code.map((example) => [where(example), example] as const))('%s compiles', ([, example]) => {
    expect(outcomes.get(example)?.compiling).toEqual([])
  })

  test.for(code.map((example) => [where(example), example] as const))('%s runs', ([, example]) => {
    expect(outcomes.get(example)?.running).toEqual([])
  })
})

describe('code that has gone stale', () => {
  const staleOf = (name: Staleness): Outcome | undefined => {
    const found = staleExamples.find((one) => one.name === name)
    return found && outcomes.get(found.example)
  }

  test('is told by the compiler with its line in the document', () => {
    expect(staleOf('does not compile')?.compiling.join()).toMatch(/^proof\/does not compile\.md:4 {2}error TS\d+/)
  })

  test.for([
    ['throws when it runs', /AssertionError/],
    ['fails as a test', /expected 1 to be 2/],
    ['is a test file without a test', /No test/i],
    ['makes a claim that does not hold', /never/],
  ] as const)('is told when it %s', ([name, says]) => {
    expect(staleOf(name)?.running.join()).toMatch(says)
  })
})

describe('commands that the documents show', () => {
  test.for(shell.map((example) => [where(example), example] as const))('%s can be typed', ([, example]) => {
    expect(staleCommandsIn(example, offer)).toEqual([])
  })

  test.for([
    ['npx stuntdouble run --sead 7', 'stuntdouble run has no flag --sead.'],
    ['stuntdouble walk', 'stuntdouble has no command "walk".'],
    ['npx stuntdouble run Test_NobodyWroteIt', 'There is no scenario Test_NobodyWroteIt.'],
    ['npm ci && npm run nothing', 'package.json has no script "nothing".'],
    ['frobnicate', '"frobnicate" is unknown here.'],
  ] as const)('%s is refused', ([command, why]) => {
    const [example] = examplesInMarkdown({ path: 'a.md', text: block('sh', '# first', command) })
    expect(staleCommandsIn(example as Example, offer)).toEqual([`a.md:3  ${why}`])
  })
})

describe('calls of a server that the documents show', () => {
  const calls = shell.flatMap(callsIn)

  test('are all answered', async () => {
    const controlled = await openControlled()
    try {
      const answers = []
      for (const { where: at, method, url, body } of calls) {
        const real = url.replace('http://127.0.0.1:4010', controlled.server.origin)
        const response = await fetch(real, { method, ...(body !== undefined && { body }) })
        answers.push({ at, url, status: response.status })
        // A stream has no end.
        await response.body?.cancel()
      }
      expect(answers.length).toBeGreaterThan(10)
      expect(answers.filter(({ status }) => status >= 300)).toEqual([])
    } finally {
      await controlled.close()
    }
  })

  test('are every call there is, in the table of them', async () => {
    const controlled = await openControlled()
    const { paths } = (await controlled.ask('GET', '/openapi.json')).json as {
      readonly paths: Readonly<Record<string, object>>
    }
    await controlled.close()
    const offered = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const page = project.files.find(({ path }) => path === 'docs/control-api.md')?.text ?? ''
    const shown = [...page.matchAll(/^\| `([A-Z]+ \/\S+)`/gm)].map(([, call]) => call)
    expect(shown.sort()).toEqual(offered.sort())
  })
})

describe('examples', () => {
  test('are found in fences and after @example, with the line they stand on', () => {
    const source = [
      '/**',
      ' * Adds.',
      ' *',
      ' * @example',
      ' * add(1, 2)',
      ' * @returns  a sum',
      ' */',
      'export const a = 1',
    ]
    const found = examplesOf(
      projectOf({
        'README.md': `text\n\n${block('ts title="a.ts"', 'const a = 1', '')}\n${block('json', '{}')}`,
        'src/core/a.ts': source.join('\n'),
        'src/core/b.ts': `/**\n * B.\n *\n * @example\n * ${block('ts', 'b()').replaceAll('\n', '\n * ')}\n */`,
      }),
    )
    expect(found.map(({ path, line, language, title, code: text }) => [path, line, language, title, text])).toEqual([
      ['README.md', 4, 'ts', 'a.ts', 'const a = 1\n\n'],
      ['README.md', 8, 'json', undefined, '{}\n'],
      ['src/core/a.ts', 5, 'ts', undefined, 'add(1, 2)\n'],
      ['src/core/b.ts', 6, 'ts', undefined, 'b()\n'],
    ])
  })
})

describe('the README', () => {
  const readme = project.files.find(({ path }) => path === 'README.md')?.text ?? ''
  const section = (title: string): string => readme.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
  const namesIn = (text: string): string[] =>
    [...text.matchAll(/^\| `(?<name>[a-z-]+)`/gm)].map(([, name = '']) => name)

  test('lists every fault there is, and no other', () => {
    expect(namesIn(section('Faults')).sort()).toEqual([...callFaultNames, ...deliveryFaultNames].sort())
  })

  test('lists every invariant there is, and no other', () => {
    expect(namesIn(section('Invariants')).sort()).toEqual(Object.keys(builtInInvariants).sort())
  })

  test.each([
    ['run', 'The command'],
    ['simulate', 'In any language'],
  ])('names every flag of %s', (command, title) => {
    const flags = [...(offer.help[command] ?? '').matchAll(/^ {2}(?:-\w, )?(?<flag>--[\w-]+)/gm)].map(
      ([, flag = '']) => flag,
    )
    expect(flags.length).toBeGreaterThan(5)
    expect(flags.filter((flag) => flag !== '--help' && !section(title).includes(`\`${flag}`))).toEqual([])
  })
})

test('the report that the README shows is what the command prints', async () => {
  const shown = examples.find(({ path, language }) => path === 'README.md' && language === 'text')?.code ?? ''
  const { code: exitCode, output } = await run('bin/stuntdouble.js', ['run', '--dir', 'test/docs/fixtures'])
  // Times, ids and counts are those of one seed and one version; what is said is not.
  const shape = (line: string): string => line.trim().replace(/\d+/g, '0').slice(0, 40)
  const printed = new Set(output.split('\n').map(shape))
  expect(exitCode).toBe(1)
  expect(shown.split('\n').length).toBeGreaterThan(15)
  expect(shown.split('\n').filter((line) => !printed.has(shape(line)))).toEqual([])
}, 60_000)

test.for(project.files.filter(({ path }) => path.endsWith('.md')).map((file) => [file.path, file] as const))(
  'links of %s lead somewhere',
  ([, file]) => {
    expect(brokenLinksOf(file, project)).toEqual([])
  },
)

test('a link that leads nowhere is told with its line', () => {
  const { files } = projectOf({ 'docs/a.md': '\n[b](b.md) [c](../c.md#d) [e](https://e.example)', 'c.md': '' })
  expect(files[0] && brokenLinksOf(files[0], projectOf({ 'c.md': '' }))).toEqual(['2: b.md'])
})
