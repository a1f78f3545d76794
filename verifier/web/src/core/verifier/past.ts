// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a newer trust list answers about the past as the older one did (docs/format.md §5.7).
 *
 * Everything that a verdict asks a body about lies at the receipt's time, so for every time before the
 * older list's `iat` both must give the same answer:
 *
 *     standing   the same entries begin before then
 *     keys       the same keys, with the same window as far as it lies before then
 *     filings    the same numbers, windows, districts and grants, as far as they lie before then
 *     max_delay  the same
 *
 * Two things reach back, and only ever tighten: `distrusted_after` may appear or come earlier, and
 * `void` may appear.
 */

import { UntrustedError } from '../credential/errors.ts';
import type { TrustList } from '../credential/trust_list.ts';
import { type Body, DEFAULT_DELAY } from '../credential/body.ts';
import { encode } from '../keys/base64url.ts';

/**
 * Return if the newer list tells the same past.
 * @throws UntrustedError `snapshot.vanished` or `snapshot.rewritten`
 */
export function demandSame(old: TrustList, list: TrustList): void {
  for (const body of old.bodies.values()) {
    const later = list.bodies.get(body.code);
    if (later === undefined) {
      throw new UntrustedError('snapshot.vanished', `the body ${body.code} is gone`);
    }
    const what = difference(body, later, old.iat);
    if (what !== '') rewritten(body, what);
  }
  for (const body of list.bodies.values()) {
    if (!old.bodies.has(body.code) && isKnownBefore(body, old.iat)) {
      rewritten(body, 'it is entered for a time that has passed');
    }
  }
}

/** Say what differs about times before a moment; empty where nothing does. */
function difference(old: Body, body: Body, before: number): string {
  if (old.void !== null && body.void === null) return 'its annulment is gone';
  if ((old.maxDelay ?? DEFAULT_DELAY) !== (body.maxDelay ?? DEFAULT_DELAY)) {
    return 'max_delay is another';
  }
  if (standing(old, before).join('\n') !== standing(body, before).join('\n')) {
    return 'its standing is another';
  }
  if (!isSame(keys(old, before), keys(body, before))) return 'its keys are others';
  const distrusted = new Map(
    body.keys.map(({ key, distrustedAfter }) => [encode(key.thumbprint), distrustedAfter]),
  );
  for (const { key, distrustedAfter } of old.keys) {
    const still = distrusted.get(encode(key.thumbprint));
    if (distrustedAfter === null || still === undefined) continue;
    if (still === null || still > distrustedAfter) {
      return `the distrust of key ${key.kid} is gone or begins later`;
    }
  }
  const [was, now] = [filings(old, before), filings(body, before)];
  if (!isSame(new Set(was.keys()), new Set(now.keys()))) return 'its filings are others';
  for (const [filing, isVoid] of was) {
    if (isVoid && now.get(filing) !== true) return 'the annulment of a filing is gone';
  }
  return '';
}

function isKnownBefore(body: Body, before: number): boolean {
  return (
    standing(body, before).length > 0 ||
    keys(body, before).size > 0 ||
    filings(body, before).size > 0
  );
}

function until(end: number | null, before: number): number {
  return end === null ? before : Math.min(end, before);
}

function standing(body: Body, before: number): string[] {
  return body.standing
    .filter(({ start }) => start < before)
    .map(({ start, state, mayIssue }) => JSON.stringify([start, state, mayIssue]));
}

function keys(body: Body, before: number): Set<string> {
  return new Set(
    body.keys
      .filter(({ start }) => start < before)
      .map(({ key, role, start, end }) =>
        JSON.stringify([encode(key.thumbprint), role, start, until(end, before)]),
      ),
  );
}

/** Map each filing, as far as it lies before a moment, to whether it is annulled. */
function filings(body: Body, before: number): Map<string, boolean> {
  const past = new Map<string, boolean>();
  for (const each of body.filings.filter(({ start }) => start < before)) {
    const grants = each.grants.map(({ kind, occupations, levels }) => [
      kind,
      [...occupations],
      levels,
    ]);
    const seen = [each.number, each.start, until(each.end, before), each.districts, grants];
    const text = JSON.stringify(seen);
    past.set(text, (past.get(text) ?? true) && each.void !== null);
  }
  return past;
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((item) => other.has(item));
}

function rewritten(body: Body, what: string): never {
  const message = `the new trust list tells another past of ${body.code}: ${what}`;
  throw new UntrustedError('snapshot.rewritten', message);
}
