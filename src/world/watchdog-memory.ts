// Cells of the memory that a world and its watchdog share.

/** Grows as long as the driver lives. */
export const beats = 0
/** Real milliseconds without a beat after which the watchdog acts; 0 while no world runs. */
export const silence = 1
/** How often the watchdog has acted. */
export const barks = 2
/** How many cells there are. */
export const cells = 3

/** Real milliseconds between two looks of the watchdog. */
export const lookEveryMs = 50
