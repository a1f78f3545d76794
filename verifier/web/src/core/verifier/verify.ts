// SPDX-License-Identifier: Apache-2.0
/**
 * Decide about one text, offline (docs/format.md §6.2; the numbers here are the steps there).
 *
 *     (1) carrier      read the text, the certificate, the receipt; whose host it is
 *     (2) issuer       the region of the host, the body in its trust list
 *     (3) key          the body's key of that name
 *     (4) signature    the body's signature
 *     (5) receipt      the registry's signature over exactly this content; gives the time t
 *     (6) key          its window and distrust, at t
 *     (7) standing     the body's standing at t
 *     (8) scope        kind, occupation, level, district and window of a filing, at t
 *     (9) dates        issue against t, expiry against the time of asking
 *     (10) status      revoked, suspended, superseded
 *     (11) number      the certificate number against what the certificate says
 *     (12) recognition a peer's certificate: our agreement, at the time of asking
 *     (13) holder      only when asked: this person's tag
 *     (14) fitness     only when asked: kind, occupation and level of a demand
 *     (15) freshness   how old the knowledge is; then what newer knowledge could change is softened
 *
 * What the caller still owes: a snapshot made with an anchor that people gave, a clock, and a look at
 * the person.
 */

import type { Bag } from '../credential/bag.ts';
import * as carrier from '../credential/carrier.ts';
import type { Carried } from '../credential/carrier.ts';
import type { Claims } from '../credential/certificate.ts';
import { SealError, UntrustedError } from '../credential/errors.ts';
import type { Snapshot } from '../credential/snapshot.ts';
import { keyOf } from '../credential/body.ts';
import { type Asking, Facts, type Issuer, type Question, question } from './facts.ts';
import * as freshness from './freshness.ts';
import { fail, isFailCode, type Mark, PASS, unknown } from './marks.ts';
import * as steps from './steps.ts';
import { Verdict } from './verdict.ts';

/**
 * Decide about the text of a code, bare digits, or the text form.
 *
 * Total: it never throws, and what it cannot judge is never valid. It opens no socket.
 * @param text What was scanned, without a line end.
 * @param snapshot What is known, checked once by `Snapshot.fromBytes` against an anchor.
 */
export async function verify(text: string, snapshot: Snapshot, asking: Asking): Promise<Verdict> {
  try {
    const asked = question(asking);
    const facts = await identify(text, snapshot, asked);
    if (facts.issuer !== null && facts.carried !== null) {
      await judgeClaims(facts, facts.carried.claims, facts.issuer, snapshot, asked); // (6) to (14)
    }
    freshness.judge(facts, asked); // (15)
    freshness.soften(facts);
    return new Verdict(facts);
  } catch {
    // The edge: a fault of this program is never a pass.
    const { holder = null, demand = null } = asking;
    const facts = new Facts(null, { at: 0, holder, demand });
    facts.marks.freshness = unknown('internal');
    return new Verdict(facts);
  }
}

/** Take (1) to (5); bare digits are tried under each host until a signature holds. */
async function identify(text: string, snapshot: Snapshot, asked: Question): Promise<Facts> {
  let readings: Carried[];
  try {
    readings = carrier.isBare(text)
      ? carrier.candidates(text, steps.hosts(snapshot))
      : [carrier.decode(text)];
  } catch (error) {
    if (!(error instanceof SealError && isFailCode(error.code))) throw error;
    const facts = new Facts(snapshot, asked);
    facts.marks.carrier = fail(error.code);
    return facts;
  }
  let first: Facts | undefined;
  for (const carried of readings) {
    const facts = new Facts(snapshot, asked);
    await authenticate(facts, carried, snapshot);
    if (facts.issuer !== null) return facts;
    first ??= facts;
  }
  return first ?? new Facts(snapshot, asked);
}

async function authenticate(facts: Facts, carried: Carried, snapshot: Snapshot): Promise<void> {
  const { marks } = facts;
  const bag = snapshot.bagOfHost(carried.claims.host);
  // (1) whose host
  if (!steps.isAtHome(carried, bag, snapshot)) {
    marks.carrier = fail('carrier.origin');
    return;
  }
  facts.carried = carried;
  marks.carrier = PASS;
  if (!snapshot.anchored) return;
  // (2) issuer
  if (bag === undefined) {
    marks.issuer = unknown('issuer.unknown');
    return;
  }
  facts.bag = bag; // enough to judge the receipt by, which gives the time
  // The two signatures do not wait for each other.
  const [mark] = await Promise.all([
    steps.receipt(carried, bag), // (5)
    recogniseIssuer(facts, carried, bag), // (2) to (4)
  ]);
  marks.receipt = mark;
  if (mark === PASS) facts.t = carried.receiptClaims?.t ?? null;
}

async function recogniseIssuer(facts: Facts, carried: Carried, bag: Bag): Promise<void> {
  const { marks } = facts;
  const body = bag.trustList.bodies.get(carried.claims.bodyCode);
  if (body === undefined) {
    marks.issuer = fail('issuer.not_filed');
    return;
  }
  marks.issuer = PASS;
  // (3) key
  const record = keyOf(body, carried.unverified.kid, 'certificate');
  if (record === undefined) {
    marks.key = fail('key.unknown');
    return;
  }
  marks.key = PASS;
  // (4) signature
  marks.signature = await signature(carried, record.key);
  if (marks.signature === PASS) facts.issuer = { bag, body, record };
}

async function signature(carried: Carried, key: Issuer['record']['key']): Promise<Mark> {
  try {
    await carried.unverified.verify(key);
    return PASS;
  } catch (error) {
    if (!(error instanceof UntrustedError)) throw error;
    const isUnsupported = error.code === 'signature.unsupported';
    return isUnsupported ? unknown('signature.unsupported') : fail('signature.invalid');
  }
}

async function judgeClaims(
  facts: Facts,
  claims: Claims,
  issuer: Issuer,
  snapshot: Snapshot,
  asked: Question,
): Promise<void> {
  const { marks, t } = facts;
  const { bag, body, record } = issuer;
  let accepted = null;
  if (t !== null) {
    marks.key = steps.keyAt(record, t); // (6)
    const [standing, scope, found] = steps.standingAndScope(claims, body, t, bag); // (7), (8)
    [marks.standing, marks.scope] = [standing, scope];
    facts.filing = found.reason === null ? found.filing : null;
    marks.dates = steps.dates(claims, t, asked.at, body); // (9)
  }
  marks.status = steps.status(claims, bag); // (10)
  marks.number = steps.number(claims, body, bag); // (11)
  if (t !== null) {
    [marks.recognition, accepted] = steps.recognised(claims, t, bag, snapshot, asked); // (12)
  }
  facts.agreement = accepted?.agreement?.document ?? null;
  if (asked.holder !== null) marks.holder = await steps.belongs(claims, asked.holder); // (13)
  if (asked.demand !== null && (accepted !== null || bag === snapshot.home)) {
    marks.fitness = steps.fitness(claims, asked.demand, accepted, snapshot.home); // (14)
  }
}
