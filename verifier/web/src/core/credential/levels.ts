// SPDX-License-Identifier: Apache-2.0
/**
 * The eight levels of skill, 学徒工 to 首席技师 (docs/format.md §2).
 *
 * The order is that of `LEVELS` and never that of the digits: level 1 stands above level 5.
 */

export const LEVELS = ['apprentice', '5', '4', '3', '2', '1', 'special', 'chief'] as const;
export type Level = (typeof LEVELS)[number];

/** Tell whether a level is the wanted one or a higher one. */
export function atLeast(level: Level, wanted: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);
}
