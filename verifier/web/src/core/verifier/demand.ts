// SPDX-License-Identifier: Apache-2.0
/**
 * A demand: what somebody must at least be able to show for a job.
 *
 *     skill_level/lyg2020:39/3          this kind, this occupation or one that counts for it,
 *                                       at least this level
 *     special_operation/gbm2022:05/     no level asked
 */

import { KINDS, type Kind } from '../credential/certificate.ts';
import { MalformedError } from '../credential/errors.ts';
import { LEVELS, type Level } from '../credential/levels.ts';
import { isOccupationCode } from '../credential/members.ts';

const TEXT = /^([a-z_]+)\/([0-9A-Za-z.:-]+)\/([0-9a-z]*)$/;

export interface Demand {
  readonly kind: Kind;
  /** `<scheme>:<code>` in the asker's catalogue. */
  readonly occupation: string;
  /** At least this one; null where no level is asked. */
  readonly level: Level | null;
}

/**
 * Read `KIND/SCHEME:CODE/LEVEL`; an empty last part asks for no level.
 * @throws MalformedError `demand.malformed`
 */
export function parseDemand(text: string): Demand {
  const [, kindText, occupation, levelText] = TEXT.exec(text) ?? [];
  const kind = KINDS.find((each) => each === kindText);
  const level = LEVELS.find((each) => each === levelText);
  const isLevel = level !== undefined || levelText === '';
  if (kind === undefined || !isOccupationCode(occupation) || !isLevel) {
    throw new MalformedError('demand.malformed', 'a demand is KIND/SCHEME:CODE/LEVEL');
  }
  return { kind, occupation, level: level ?? null };
}
