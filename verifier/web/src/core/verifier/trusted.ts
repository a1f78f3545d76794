// SPDX-License-Identifier: Apache-2.0
/**
 * When a new snapshot replaces the one in force (docs/format.md §5.7).
 *
 * A client of The Update Framework, over bytes and pure: `replace` gives the snapshot to keep, or
 * throws and the old one stays in force. For each region the new bag must
 *
 * 1. be good by itself, against the anchor (`Snapshot.fromBytes`);
 * 2. extend the chain of roots that is known;
 * 3. not fall back in manifest `sequence` and `iat`, trust-list `version` and `iat`, catalogue
 *    `version`, the `iat` of each status list, checkpoint `size`;
 * 4. say the same where the number is the same;
 * 5. drop no body, catalogue, status list or survivors;
 * 6. keep what is revoked or superseded so;
 * 7. tell the same past (`past.ts`).
 *
 * Rules 3 to 7 start again for what a role signs where the roots since then have replaced all keys of
 * that role at once.
 *
 * Each peer is a state of its own. A peer's bag that breaks a rule, or is missing, leaves that peer's
 * last good bag in force with the reason beside it, as long as our root still names its root. An old
 * snapshot under another anchor is no state: the new one is taken as a first.
 */

import type { Bag } from '../credential/bag.ts';
import { SealError, UntrustedError } from '../credential/errors.ts';
import type { Role } from '../credential/key_record.ts';
import { parseAnchor, type Root } from '../credential/root.ts';
import { demandApart, MAX_BYTES, Snapshot } from '../credential/snapshot.ts';
import { keepsFinal } from '../credential/status_list.ts';
import { encode } from '../keys/base64url.ts';
import type { Bytes } from '../keys/bytes.ts';
import * as past from './past.ts';

/**
 * Decide about a new file.
 * @param old The snapshot in force; null before the first.
 * @param data The file that arrived.
 * @param anchor `REGION:HEX`, given by people.
 * @returns What is in force from now on; its `toBytes` is to be stored.
 * @throws MalformedError `snapshot.…`; the old snapshot stays in force
 * @throws UntrustedError `snapshot.…`; the old snapshot stays in force
 */
export async function replace(
  old: Snapshot | null,
  data: Bytes,
  anchor: string,
): Promise<Snapshot> {
  const fresh = await Snapshot.fromBytes(data, anchor);
  if (old === null || !old.anchored || !isOf(old.home, ...parseAnchor(anchor))) return fresh;
  demandNewer(old.home, fresh.home);
  const named = fresh.home.root.peers;
  // Without those that were judged from a root which ours no longer names.
  const known = new Map<string, Bag>();
  for (const [region, digest] of named) {
    const bag = old.peers.get(region);
    if (bag !== undefined && isOf(bag, region, digest)) known.set(region, bag);
  }
  const peers = new Map<string, Bag>();
  const rejected = new Map(fresh.rejectedPeers);
  for (const region of named.keys()) {
    const [chosen, reason] = choose(region, known, fresh.peers.get(region));
    if (reason !== null && !rejected.has(region)) rejected.set(region, reason);
    if (chosen === undefined) continue;
    const code = refusal(() => demandApart(chosen, [fresh.home, ...peers.values()]));
    if (code === null) peers.set(region, chosen);
    else rejected.set(region, code);
  }
  const kept = new Snapshot(fresh.home, peers, rejected, anchor);
  if (kept.toBytes().length <= MAX_BYTES) return kept;
  const fitting = [...peers].filter(([region, bag]) => bag === fresh.peers.get(region));
  return new Snapshot(fresh.home, new Map(fitting), rejected, anchor);
}

/**
 * Return if a region's bag may replace an older one of the same region.
 * @throws UntrustedError `snapshot.rollback`, `snapshot.conflict`, `snapshot.vanished` or
 * `snapshot.rewritten`
 */
export function demandNewer(old: Bag, bag: Bag): void {
  compareChains(old, bag);
  const versions = bag.roots.slice(old.roots.length - 1);
  if (!startsAgain(versions, 'publish')) comparePublications(old, bag);
  if (!startsAgain(versions, 'list')) {
    compareLists(old, bag);
    past.demandSame(old.trustList, bag.trustList);
  }
  if (!startsAgain(versions, 'status')) compareStatuses(old, bag);
  if (!startsAgain(versions, 'log')) {
    const isSame = old.checkpoint.root === bag.checkpoint.root;
    demandRising("the log's size", old.checkpoint.size, bag.checkpoint.size, isSame);
  }
}

/** Choose between a peer's last good bag and its new one; with the reason against the new. */
function choose(
  region: string,
  known: ReadonlyMap<string, Bag>,
  fresh: Bag | undefined,
): [Bag | undefined, string | null] {
  const last = known.get(region);
  if (fresh === undefined) return [last, last === undefined ? null : 'snapshot.vanished'];
  // What another peer has had all along cannot be claimed by this one.
  const others = [...known].filter(([other]) => other !== region).map(([, bag]) => bag);
  const code = refusal(() => {
    demandApart(fresh, others);
    if (last !== undefined) demandNewer(last, fresh);
  });
  return code === null ? [fresh, null] : [last, code];
}

function refusal(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return error.code;
  }
}

function isOf(bag: Bag, region: string, digest: string): boolean {
  return bag.region === region && bag.roots.some((root) => root.digest === digest);
}

/** Tell whether a version among these has replaced every key of a role. */
function startsAgain(versions: readonly Root[], role: Role): boolean {
  return versions.slice(1).some((after, index) => {
    const before = keysOf(versions[index] as Root, role, true);
    return [...keysOf(after, role, false)].every((key) => !before.has(key));
  });
}

function keysOf(root: Root, role: Role, evenDistrusted: boolean): Set<string> {
  const records = root.keys.filter(
    (record) => record.role === role && (evenDistrusted || !record.distrusted),
  );
  return new Set(records.map(({ key }) => encode(key.thumbprint)));
}

function compareChains(old: Bag, bag: Bag): void {
  const shared = Math.min(old.roots.length, bag.roots.length);
  for (let n = 0; n < shared; n++) {
    if (old.roots[n]?.digest !== bag.roots[n]?.digest) {
      throw new UntrustedError('snapshot.conflict', 'the root has another history than is known');
    }
  }
  if (bag.roots.length < old.roots.length) {
    throw new UntrustedError('snapshot.rollback', 'the chain of roots is shorter than is known');
  }
}

/** The payload's text: equal where two tokens say the same, whoever signed. */
function saying(token: string | undefined): string | undefined {
  return token?.split('.')[1];
}

function comparePublications(old: Bag, bag: Bag): void {
  const isSame = saying(old.texts.manifest) === saying(bag.texts.manifest);
  demandRising("the manifest's sequence", old.manifest.sequence, bag.manifest.sequence, isSame);
  demandNotEarlier('the manifest', old.manifest.iat, bag.manifest.iat);
  for (const epoch of old.survivors.keys()) {
    if (!bag.survivors.has(epoch)) vanished('the honest receipts of a distrusted epoch are gone');
  }
}

function compareLists(old: Bag, bag: Bag): void {
  const isSame = saying(old.texts.trustList) === saying(bag.texts.trustList);
  demandRising("the trust list's version", old.trustList.version, bag.trustList.version, isSame);
  demandNotEarlier('the trust list', old.trustList.iat, bag.trustList.iat);
  for (const [n, { scheme, version }] of old.catalogues.entries()) {
    const at = bag.catalogues.findIndex((later) => later.scheme === scheme);
    const later = bag.catalogues[at];
    if (later === undefined) return vanished(`the catalogue ${scheme} is gone`);
    const same = saying(old.texts.catalogues[n]) === saying(bag.texts.catalogues[at]);
    demandRising(`the version of catalogue ${scheme}`, version, later.version, same);
  }
}

function compareStatuses(old: Bag, bag: Bag): void {
  for (const [uri, listed] of old.statusLists) {
    const later = bag.statusLists.get(uri);
    if (later === undefined) return vanished(`the status list ${uri} is gone`);
    demandNotEarlier(uri, listed.iat, later.iat);
    if (!keepsFinal(later, listed)) {
      const message = `${uri}: what was revoked or superseded is not so now`;
      throw new UntrustedError('snapshot.rewritten', message);
    }
  }
}

function demandRising(what: string, old: number, now: number, isSame: boolean): void {
  if (now < old) {
    throw new UntrustedError('snapshot.rollback', `${what} falls from ${old} to ${now}`);
  }
  if (now === old && !isSame) {
    throw new UntrustedError('snapshot.conflict', `${what} is ${old} twice, with other contents`);
  }
}

function demandNotEarlier(what: string, old: number, now: number): void {
  if (now < old) {
    throw new UntrustedError('snapshot.rollback', `${what} is older than the one in force`);
  }
}

function vanished(what: string): never {
  throw new UntrustedError('snapshot.vanished', what);
}
