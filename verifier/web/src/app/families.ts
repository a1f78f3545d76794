// SPDX-License-Identifier: Apache-2.0
/**
 * Which look a reason has: its icon, its colour and its short word. What a person must do differs
 * between a forgery, a revoked certificate, somebody else's, and a genuine one that is not recognised
 * here, so each has a look of its own, and what cannot be told looks like none of them.
 */

import type { IconName } from './icons.ts';
import type { Outcome } from '../judge/protocol.ts';

export type Family = Extract<
  IconName,
  | 'valid' | 'forged' | 'damaged' | 'foreign' | 'revoked' | 'suspended' | 'superseded' | 'scope'
  | 'standing' | 'expired' | 'recognition' | 'holder' | 'fitness' | 'unknown'
>;

const EXACT: ReadonlyMap<string, Family> = new Map([
  ['malformed.url', 'foreign'],
  ['status.revoked', 'revoked'],
  ['status.suspended', 'suspended'],
  ['status.superseded', 'superseded'],
  ['dates.expired', 'expired'],
]);

const BY_CHECK: ReadonlyMap<string, Family> = new Map([
  ['malformed', 'damaged'],
  ['scope', 'scope'],
  ['standing', 'standing'],
  ['recognition', 'recognition'],
  ['holder', 'holder'],
  ['fitness', 'fitness'],
]);

/** Name the look. Whatever is not listed and not valid looks like a forgery: never too kind. */
export function familyOf(outcome: Outcome, reason: string): Family {
  if (outcome === 'INDETERMINATE') return 'unknown';
  if (outcome === 'VALID') return 'valid';
  return EXACT.get(reason) ?? BY_CHECK.get(reason.split('.')[0] ?? '') ?? 'forged';
}
