import type { Row } from './furnished.ts'
import { rowsOfAccess } from './rows-of-access.ts'
import { rowsOfBoards } from './rows-of-boards.ts'
import { rowsOfCards } from './rows-of-cards.ts'

/** Every row of the table of endpoints, and what stands beside it. */
export const rows: readonly Row[] = [...rowsOfBoards, ...rowsOfCards, ...rowsOfAccess]
