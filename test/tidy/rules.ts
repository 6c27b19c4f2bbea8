import { exportsAreDocumented, optionsAreDocumented } from './docstrings.ts'
import { speaksOfItselfAlone } from './itself.ts'
import { importsMakeNoCircle, importsPointUp, indexFilesAreDoors, roomsAreKnown } from './layout.ts'
import type { Rule } from './project.ts'
import {
  errorsHaveNames,
  exportsAreNamed,
  fileNamesAreKebabCase,
  filesAreShort,
  functionsAreShort,
  typesAreSaid,
} from './shape.ts'
import { noTestAssertsADuration, noTestIsLeftOut, noTestSleeps, titlesAreClaims } from './tests.ts'
import { simulatorsTakeTimeFromContext } from './time-and-chance.ts'

/** Every rule of the style guide that a program can judge, by a short name. */
export const rules = {
  importsPointUp,
  roomsAreKnown,
  importsMakeNoCircle,
  indexFilesAreDoors,
  filesAreShort,
  functionsAreShort,
  typesAreSaid,
  errorsHaveNames,
  exportsAreNamed,
  fileNamesAreKebabCase,
  simulatorsTakeTimeFromContext,
  exportsAreDocumented,
  optionsAreDocumented,
  titlesAreClaims,
  noTestIsLeftOut,
  noTestSleeps,
  noTestAssertsADuration,
  speaksOfItselfAlone,
} satisfies Readonly<Record<string, Rule>>
