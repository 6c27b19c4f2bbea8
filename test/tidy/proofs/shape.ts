import type { Files, Proof } from './proof.ts'

const lines = (count: number): string => 'run()\n'.repeat(count)
const inTest = (...body: string[]): Files => ({ 'test/a.test.ts': body.join('\n') })

/** What the rules about the shape of files refuse and admit. */
export const shapeProofs = {
  filesAreShort: {
    refuses: { 'line 401': { files: { 'src/core/a.ts': lines(401) }, at: 'src/core/a.ts:401' } },
    admits: { 'line 400': { 'src/core/a.ts': lines(400) } },
  },
  functionsAreShort: {
    refuses: {
      'a function of 71 lines': {
        files: { 'src/core/a.ts': `\nexport function a() {\n${lines(69)}}` },
        at: 'src/core/a.ts:2',
      },
      'an arrow function of 71 lines': {
        files: { 'src/core/a.ts': `export const a = () => {\n${lines(69)}}` },
        at: 'src/core/a.ts:1',
      },
      'a method of 71 lines': {
        files: { 'src/core/a.ts': `class A {\n  a() {\n${lines(69)}}\n}` },
        at: 'src/core/a.ts:2',
      },
      'a test of 71 lines': {
        files: inTest(`test('a', () => {\n${lines(69)}})`),
        at: 'test/a.test.ts:1',
      },
    },
    admits: {
      'a function of 70 lines': { 'src/core/a.ts': `export function a() {\n${lines(68)}}` },
      'a long list of short tests': inTest(`describe('a', () => {\n${"test('b', () => {\nrun()\n})\n".repeat(40)}})`),
    },
  },
  typesAreSaid: {
    refuses: {
      'a field of any type': { files: { 'src/core/a.ts': 'interface A { b: any }' }, at: 'src/core/a.ts:1' },
      'a list of anything': {
        files: { 'simulators/acme/a.ts': 'export const a: Array<any> = []' },
        at: 'simulators/acme/a.ts:1',
      },
    },
    admits: { 'unknown, and any as a word': { 'src/core/a.ts': "const any: unknown = 'any' // any: any" } },
  },
  errorsHaveNames: {
    refuses: {
      'a bare error': { files: { 'src/core/a.ts': "throw new Error('no')" }, at: 'src/core/a.ts:1' },
      'a bare error without new': { files: { 'src/core/a.ts': "throw Error('no')" }, at: 'src/core/a.ts:1' },
      'a promise rejected with a bare error': {
        files: { 'src/core/a.ts': "const a = Promise.reject(new Error('no'))" },
        at: 'src/core/a.ts:1',
      },
    },
    admits: {
      'an error of its area': { 'src/core/a.ts': "throw new WorldError('endless', 'It never ends.')" },
      'an error passed on': { 'src/core/a.ts': 'try { run() } catch (error) { throw error }' },
      "a test that plays a user's code": inTest("const subject = () => { throw new Error('no') }"),
    },
  },
  exportsAreNamed: {
    refuses: {
      'a default export': { files: { 'src/core/a.ts': 'export default 1' }, at: 'src/core/a.ts:1' },
      'everything of a file': { files: { 'src/core/a.ts': "export * from './b.ts'" }, at: 'src/core/a.ts:1' },
    },
    admits: {
      'names, a scenario, a configuration': {
        'src/core/a.ts': 'export const a = 1',
        'scenarios/Test_A.scenario.ts': 'export default 1',
        'vitest.config.ts': 'export default 1',
      },
    },
  },
  fileNamesAreKebabCase: {
    refuses: {
      'a name in camel case': { files: { 'src/core/rateLimiter.ts': '' }, at: 'src/core/rateLimiter.ts:1' },
      'a claim that is no scenario': { files: { 'test/Test_A.ts': '' }, at: 'test/Test_A.ts:1' },
    },
    admits: {
      'kebab case and a claim': { 'src/core/rate-limiter.ts': '', 'scenarios/Test_ACardHasNoTwin.scenario.ts': '' },
    },
  },
} satisfies Readonly<Record<string, Proof>>
