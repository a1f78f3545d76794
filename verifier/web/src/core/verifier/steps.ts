// SPDX-License-Identifier: Apache-2.0
/**
 * The checks one by one: each looks at what it is given and returns its mark.
 *
 * Numbers in brackets are the steps of docs/format.md §6.2. `verify.ts` decides which are taken.
 */

import type { Bag } from '../credential/bag.ts';
import type { Carried } from '../credential/carrier.ts';
import { satisfies } from '../credential/catalogue.ts';
import type { Claims } from '../credential/certificate.ts';
import { isConsistent } from '../credential/certificate_number.ts';
import { MalformedError, UntrustedError } from '../credential/errors.ts';
import * as holder from '../credential/holder.ts';
import type { IdentityNumber } from '../credential/identity_number.ts';
import { holds, type KeyRecord } from '../credential/key_record.ts';
import { atLeast } from '../credential/levels.ts';
import { inside } from '../credential/members.ts';
import { judge, type Judged, ours } from '../credential/recognition.ts';
import { keyOf } from '../credential/root.ts';
import { type Finding, scopeOf, standingAt } from '../credential/scope.ts';
import type { Snapshot } from '../credential/snapshot.ts';
import * as statusList from '../credential/status_list.ts';
import { type Body, DEFAULT_DELAY } from '../credential/body.ts';
import { equal } from '../keys/bytes.ts';
import type { Demand } from './demand.ts';
import type { Question } from './facts.ts';
import { TOLERANCE } from './freshness.ts';
import { fail, type Mark, NOT_ASKED, PASS, unknown } from './marks.ts';

const STATUS = [
  PASS,
  fail('status.revoked'),
  fail('status.suspended'),
  fail('status.superseded'),
] as const;

/** Return every host of the roots: ours first, then the peers' by region code. */
export function hosts(snapshot: Snapshot): string[] {
  const peers = [...snapshot.peers.keys()].sort().map((region) => snapshot.peers.get(region));
  return [snapshot.home, ...peers].flatMap((bag) => bag?.root.hosts ?? []);
}

/** (1) Tell whether the text may carry a certificate of this host. */
export function isAtHome(carried: Carried, bag: Bag | undefined, snapshot: Snapshot): boolean {
  if (carried.host === null || carried.host === carried.claims.host) return true;
  // A registry that was renamed: an old code, printed for another of its own hosts.
  return !carried.inside && bag !== undefined && snapshot.bagOfHost(carried.host) === bag;
}

/** (5) Judge the registry's receipt, and that it is for exactly this content. */
export async function receipt(carried: Carried, bag: Bag): Promise<Mark> {
  const { receiptUnverified: counter, receiptClaims: stamp } = carried;
  if (counter === null || stamp === null) return fail('receipt.missing');
  if (stamp.host !== carried.claims.host || !equal(stamp.digest, carried.unverified.digest)) {
    return fail('receipt.mismatch');
  }
  const record = keyOf(bag.root, 'receipt', counter.kid);
  if (record === undefined || !holds(record, stamp.t)) return fail('receipt.invalid');
  try {
    await counter.verify(record.key);
  } catch (error) {
    if (!(error instanceof UntrustedError)) throw error;
    return fail('receipt.invalid');
  }
  if (record.distrusted && bag.survivors.get(stamp.epoch)?.contains(counter.signature) !== true) {
    return fail('receipt.distrusted');
  }
  return PASS;
}

/** (6) Judge the body's key at the time of the receipt. */
export function keyAt(record: KeyRecord, t: number): Mark {
  if (record.distrustedAfter !== null && t >= record.distrustedAfter) return fail('key.distrusted');
  return holds(record, t) ? PASS : fail('key.not_valid_then');
}

/** (7), (8) Judge what the body could issue when the receipt was made. */
export function standingAndScope(
  claims: Claims,
  body: Body,
  t: number,
  bag: Bag,
): [standing: Mark, scope: Mark, found: Finding] {
  const found = scopeOf(body, claims, t, bag.root.region);
  // A filing that was annulled never covered anything: that is about the body, not its limits.
  const reason = found.isVoid ? 'standing.void' : standingAt(body, t);
  return [
    reason === null ? PASS : fail(reason),
    found.reason === null ? PASS : fail(found.reason),
    found,
  ];
}

/** (9) Judge the date of issue against the receipt, and the expiry against the asking. */
export function dates(claims: Claims, t: number, at: number, body: Body): Mark {
  if (claims.iat > t + TOLERANCE) return fail('dates.not_yet');
  if (t - claims.iat > (body.maxDelay ?? DEFAULT_DELAY)) return fail('dates.backdated');
  return claims.exp !== null && claims.exp <= at ? fail('dates.expired') : PASS;
}

/** (10) Look the certificate up in its status list. */
export function status(claims: Claims, bag: Bag): Mark {
  const listed = bag.statusLists.get(claims.statusUri);
  const value = listed === undefined ? null : statusList.status(listed, claims.statusIndex);
  return (value === null ? undefined : STATUS[value]) ?? unknown('status.unknown');
}

/** (11) Compare the certificate number with the certificate. */
export function number(claims: Claims, body: Body, bag: Bag): Mark {
  const rules = bag.catalogues.flatMap(({ numbers }) => numbers);
  return isConsistent(rules, claims, body.prefix) ? PASS : fail('number.inconsistent');
}

/** (12) Judge whether the asker's region recognises the certificate; with what recognises it. */
export function recognised(
  claims: Claims,
  t: number,
  bag: Bag,
  snapshot: Snapshot,
  asked: Question,
): [Mark, Judged | null] {
  const { root, trustList } = snapshot.home;
  if (!inside(asked.region, root.region)) return [unknown('recognition.unknown'), null];
  if (bag === snapshot.home) return [NOT_ASKED, null];
  const agreements = trustList.recognitions.filter(({ region }) => region === bag.root.region);
  const found = judge(agreements, claims, t, asked.at);
  return found.reason === null ? [PASS, found] : [fail(found.reason), null];
}

/** (13) Compare the holder's tag with this person's. */
export async function belongs(claims: Claims, person: string | IdentityNumber): Promise<Mark> {
  let tag: string;
  if (typeof person === 'string') {
    if (!holder.isTag(person)) return fail('holder.malformed');
    tag = person;
  } else {
    try {
      tag = await holder.tag(person[0], person[1], claims.name);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return fail('holder.malformed');
    }
  }
  if (claims.holderTag === null) return unknown('holder.absent');
  return claims.holderTag === tag ? PASS : fail('holder.mismatch');
}

/**
 * (14) Compare with the demand, in our words.
 * @param accepted The agreement that recognises it; null at home.
 * @param home Our region, whose catalogues say what counts for what.
 */
export function fitness(claims: Claims, demand: Demand, accepted: Judged | null, home: Bag): Mark {
  if (claims.kind !== demand.kind) return fail('fitness.kind');
  const term = accepted?.term ?? null;
  const codes = term === null ? [claims.occupationCode] : ours(term, claims.occupationCode);
  if (!codes.some((code) => satisfies(home.catalogues, code, demand.occupation))) {
    return fail('fitness.occupation');
  }
  if (demand.level === null) return PASS;
  const isEnough = claims.level !== null && atLeast(claims.level, demand.level);
  return isEnough ? PASS : fail('fitness.level');
}
