// SPDX-License-Identifier: Apache-2.0
/**
 * How old the knowledge is, and what that does to the other checks (docs/format.md §6.2, §6.3).
 *
 * K is the least `iat` of everything that the verdict rests on: manifest, trust list, the status list
 * of the certificate, and, for a peer's certificate, the peer's as well. What was so before K is
 * settled; what happened after it may have changed since.
 */

import type { Bag } from '../credential/bag.ts';
import type { Facts, Question } from './facts.ts';
import { CHECKS, isOfTheHour, PASS, STALE, softened, unknown } from './marks.ts';

const STALE_FROM = 86_400; // seconds
export const TOLERANCE = 300; // seconds by which clocks may differ

/** Mark freshness and note K. */
export function judge(facts: Facts, asked: Question): void {
  const { snapshot, bag, at, carried } = facts;
  if (snapshot === null || !snapshot.anchored) {
    facts.marks.freshness = unknown('freshness.unanchored');
    return;
  }
  const spans = [bounds(snapshot.home)];
  if (bag !== null && bag !== snapshot.home) spans.push(bounds(bag));
  if (facts.issuer !== null && bag !== null && carried !== null) {
    const used = bag.statusLists.get(carried.claims.statusUri);
    if (used !== undefined) spans.push([used.iat, used.exp]);
  }
  const k = Math.min(...spans.map(([from]) => from));
  const until = Math.min(...spans.map(([, end]) => end));
  facts.knowledge = k;
  if (at < k - TOLERANCE || (facts.t ?? at) > at + TOLERANCE) {
    facts.marks.freshness = unknown('freshness.clock');
  } else if (at >= until || at - k >= asked.maxAge) {
    facts.marks.freshness = unknown('freshness.expired');
  } else {
    facts.marks.freshness = at - k >= STALE_FROM ? STALE : PASS;
  }
}

/** Turn into unknown every fail that newer knowledge, or a right clock, could change. */
export function soften(facts: Facts): void {
  const { marks, knowledge: k, t } = facts;
  if (k === null) return;
  const isNewer = t !== null && t > k;
  const isShaky = marks.freshness.outcome === 'unknown';
  const exp = facts.carried?.claims.exp ?? null;
  for (const name of CHECKS) {
    const mark = marks[name];
    if (mark.outcome !== 'fail') continue;
    const weaker = softened(mark.reason);
    if (weaker === undefined) continue;
    const isSettled = mark.reason === 'dates.expired' && exp !== null && exp <= k;
    if (isNewer || (isShaky && isOfTheHour(mark.reason) && !isSettled)) marks[name] = unknown(weaker);
  }
}

/** Return the least `iat`, and the least time from which a part of this region is too old. */
function bounds(bag: Bag): [number, number] {
  const ends = [bag.manifest.exp, bag.trustList.exp, bag.root.expires];
  return [
    Math.min(bag.manifest.iat, bag.trustList.iat),
    Math.min(...ends, ...bag.catalogues.map(({ exp }) => exp)),
  ];
}
