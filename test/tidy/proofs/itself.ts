import type { Proof } from './proof.ts'

// Put together from parts, so that this file does not break the rule it proves.
const machinePath = ['', 'home', 'ada', 'project'].join('/')
const registry = ['https:', '', 'registry.acme.example', 'zod'].join('/')

/** What the rule about the words of a file refuses and admits. */
export const itselfProofs = {
  speaksOfItselfAlone: {
    refuses: {
      'a number of a tracker, in prose': { files: { 'README.md': `\nSee ${'#'}42.` }, at: 'README.md:2' },
      'a number of a tracker, in a comment': {
        files: { 'src/core/a.ts': `const a = 1\n// As asked in issue ${12}.` },
        at: 'src/core/a.ts:2',
      },
      'an assistant': { files: { 'CHANGELOG.md': `Thanks to ${'Clau' + 'de'}.` }, at: 'CHANGELOG.md:1' },
      'a path of one machine': { files: { 'src/core/a.ts': `const a = '${machinePath}'` }, at: 'src/core/a.ts:1' },
      'the address of a registry': { files: { 'package-lock.json': `\n"${registry}"` }, at: 'package-lock.json:2' },
    },
    admits: {
      'numbers, paths and addresses of the subject': {
        'src/core/a.ts': "const a = 'call #2 at https://api.acme.example/home/cards'\n// The 2nd call. `#title` too.",
        'README.md':
          '# Title\n\nThe issue: [a link](#faults), `./test/home/x`, &#39;\n\n```text\ncards.create #2\n```\n',
      },
    },
  },
} satisfies Readonly<Record<string, Proof>>
