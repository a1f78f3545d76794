// SPDX-License-Identifier: Apache-2.0
/**
 * What a body was allowed to issue, and whether it stood, at one moment (docs/format.md §6.2).
 *
 * - both are judged at the receipt's time, so that cutting a scope or closing a body does not kill the
 *   honest certificates of the past;
 * - `void` alone reaches back: a filing or a body that was annulled counts as if it had never been.
 */

import { type Asked, COVERED, type Filing, reachOf, type Standing } from './filing.ts';

const REASONS = [
  'scope.kind',
  'scope.occupation',
  'scope.level',
  'scope.district',
  'scope.expired',
] as const;

/** What standing and scope are read from: a body of the trust list. */
export interface Filed {
  readonly standing: readonly Standing[];
  readonly void: string | null;
  readonly filings: readonly Filing[];
}

/** What a look at the scope came to. */
export interface Finding {
  /** Null where a filing covers the certificate; else the reason of the one that came furthest. */
  readonly reason: (typeof REASONS)[number] | null;
  /** Number of that filing; null where there is none. */
  readonly filing: string | null;
  /** A filing that was annulled would have covered it (`standing.void`). */
  readonly isVoid: boolean;
}

/** Tell why a body could not issue at a time; null where it could. */
export function standingAt(
  body: Filed,
  t: number,
): 'standing.void' | 'standing.suspended' | 'standing.removed' | null {
  if (body.void !== null) return 'standing.void';
  const entry = entryAt(body, t);
  if (entry === undefined || entry.state === 'removed') return 'standing.removed';
  return entry.state === 'suspended' || entry.mayIssue === false ? 'standing.suspended' : null;
}

/** Find the entry of a body's history that is in force at a time. */
export function entryAt(body: Filed, t: number): Standing | undefined {
  return body.standing.filter((entry) => entry.start <= t).pop();
}

/** Tell whether a filing covers a certificate that was registered at t. */
export function scopeOf(body: Filed, asked: Asked, t: number, rootRegion: string): Finding {
  let [furthest, filing, isVoid]: [number, string | null, boolean] = [-1, null, false];
  for (const each of body.filings) {
    const reach = reachOf(each, asked, t, rootRegion);
    const covers = reach === COVERED;
    if (each.void !== null) {
      isVoid ||= covers;
    } else if (covers) {
      return { reason: null, filing: each.number, isVoid: false };
    } else if (reach > furthest) {
      [furthest, filing] = [reach, each.number];
    }
  }
  return { reason: REASONS[Math.max(furthest, 0)] ?? 'scope.kind', filing, isVoid };
}
