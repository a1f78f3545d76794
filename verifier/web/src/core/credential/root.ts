// SPDX-License-Identifier: Apache-2.0
/**
 * The root: who speaks for a region, signed by k of n people offline (docs/format.md §5.1).
 *
 * A region's roots are a chain, version 1 first. Of a chain that holds the anchor
 *
 * - every version is read, and counts one more than the one before;
 * - from the anchor's version on each is signed by its own threshold, and each later one by the
 *   threshold of the one before as well;
 * - region and environment stay, `from` does not fall, a host once listed stays, an epoch stays as it
 *   is but for its mark, and no key changes its role.
 *
 * A key that a version marks as distrusted does not count towards that version's threshold.
 */

import { encode } from '../keys/base64url.ts';
import { type Bytes, equal, toHex } from '../keys/bytes.ts';
import { sha256 } from '../keys/sha256.ts';
import * as canonical from './canonical.ts';
import * as envelope from './envelope.ts';
import type { Unverified } from './envelope.ts';
import { MalformedError, UntrustedError } from './errors.ts';
import * as keyRecord from './key_record.ts';
import { type KeyRecord, ROOT_ROLES, type Role } from './key_record.ts';
import { isHost, Members, refuse } from './members.ts';

const MAX_CHAIN = 64; // versions
const MAX_SIGNATURES = 32; // of one version
const MAX_KEYS = 512;
const MAX_HOSTS = 16;
const MAX_PEERS = 64;
const MAX_EPOCH_WINDOW = 366 * 86_400; // seconds
const MAX_VERSION = 2 ** 32 - 1;

export const ENVIRONMENTS = ['demo', 'test', 'production'] as const;
const ANCHOR = /^([1-9][0-9]{5}):([0-9a-f]{64})$/;

/** One version of a region's root. */
export interface Root {
  readonly region: string;
  readonly version: number;
  /** Whatever is not production certifies nothing. */
  readonly environment: (typeof ENVIRONMENTS)[number];
  /** How many root keys sign. */
  readonly threshold: number;
  /** The current one first, then retired ones. */
  readonly hosts: readonly string[];
  readonly start: number;
  readonly expires: number;
  readonly keys: readonly KeyRecord[];
  /** SHA-256 of a root payload of each peer, by region. */
  readonly peers: ReadonlyMap<string, string>;
  /** SHA-256 of the payload, 64 lower-case hex digits. */
  readonly digest: string;
}

/** Find a key. */
export function keyOf(root: Root, role: Role, kid: string): KeyRecord | undefined {
  return root.keys.find((record) => record.role === role && record.kid === kid);
}

/**
 * Split an anchor into region and hex digest.
 * @throws MalformedError `snapshot.anchor`
 */
export function parseAnchor(text: string): [string, string] {
  const [, region, digest] = ANCHOR.exec(text) ?? [];
  if (region === undefined || digest === undefined) {
    throw new MalformedError('snapshot.anchor', 'an anchor is REGION:HEX');
  }
  return [region, digest];
}

/**
 * Read a chain and judge it from the anchor's version on.
 * @param chain Every version from 1, the compact JWS of each.
 * @param anchor `REGION:HEX`, of any version; null to hold it against its own first version.
 * @returns Every version; the last is in force.
 * @throws MalformedError `malformed.token`, `malformed.profile`, `snapshot.duplicate_key`;
 * `snapshot.anchor` where the anchor is none
 * @throws UntrustedError `snapshot.anchor`, `snapshot.threshold` or `snapshot.root`
 */
export async function verifyChain(
  chain: readonly (readonly string[])[],
  anchor: string | null,
): Promise<Root[]> {
  const named = anchor === null ? null : parseAnchor(anchor);
  if (chain.length < 1 || chain.length > MAX_CHAIN) {
    refuse('root', `not a chain of 1 to ${MAX_CHAIN} versions`);
  }
  if (named === null) demandOrder([readVersion(chain[0] ?? [])]);
  const versions = chain.map(readVersion);
  demandOrder(versions);
  const roots = versions.map(([root]) => root);
  const first = named === null ? 0 : find(roots, named);
  for (const [index, [root, tokens]] of versions.entries()) {
    if (index < first) continue;
    await demand(tokens, root, root);
    const before = roots[index - 1];
    if (index > first && before !== undefined) await demand(tokens, root, before);
  }
  roots.slice(first + 1).forEach((root, index) => {
    demandSuccession(roots[first + index] as Root, root);
  });
  return roots;
}

function demandOrder(versions: readonly [Root, Unverified[]][]): void {
  versions.forEach(([root], index) => {
    if (root.version !== index + 1) broken(`version ${root.version} stands out of order`);
  });
}

function find(roots: readonly Root[], [region, digest]: readonly [string, string]): number {
  const first = roots.findIndex((root) => root.digest === digest);
  if (first < 0 || roots[0]?.region !== region) {
    throw new UntrustedError('snapshot.anchor', 'no root here is the anchor');
  }
  return first;
}

function readVersion(tokens: readonly string[]): [Root, Unverified[]] {
  if (tokens.length < 1 || tokens.length > MAX_SIGNATURES) {
    refuse('root', `not 1 to ${MAX_SIGNATURES} signatures of a version`);
  }
  const read = tokens.map((token) => envelope.read(token, 'root+jwt'));
  const payload = (read[0] as Unverified).payload;
  if (!read.every((each) => equal(each.payload, payload))) {
    refuse('root', 'the signatures of a version are over different payloads');
  }
  return [fromBytes(payload), read];
}

/** Demand the threshold of one version's root keys on a version. */
async function demand(tokens: readonly Unverified[], signed: Root, by: Root): Promise<void> {
  const held = new Set<string>();
  for (const unverified of tokens) {
    const record = keyOf(by, 'root', unverified.kid);
    if (record === undefined || record.distrusted) continue;
    try {
      await unverified.verify(record.key);
      held.add(encode(record.key.thumbprint));
    } catch (error) {
      // One bad signature must not stop those that hold.
      if (!(error instanceof UntrustedError)) throw error;
    }
  }
  if (held.size < by.threshold) {
    const message = `root version ${signed.version} has ${held.size} of ${by.threshold} signatures`;
    throw new UntrustedError('snapshot.threshold', message);
  }
}

function demandSuccession(old: Root, root: Root): void {
  if (root.region !== old.region || root.environment !== old.environment) {
    broken('region and environment never change');
  }
  if (root.start < old.start) broken(`version ${root.version} begins before the one before`);
  if (!old.hosts.every((host) => root.hosts.includes(host))) broken('a host that was listed is missing');
  for (const record of old.keys.filter(({ role }) => role === 'receipt')) {
    const kept = keyOf(root, 'receipt', record.kid);
    const same =
      kept !== undefined &&
      equal(kept.key.thumbprint, record.key.thumbprint) &&
      kept.start === record.start &&
      kept.end === record.end &&
      (kept.distrusted || !record.distrusted);
    if (!same) broken(`receipt epoch ${record.kid} is missing or was changed`);
  }
  const roles = new Map(old.keys.map(({ key, role }) => [encode(key.thumbprint), role]));
  for (const { key, role } of root.keys) {
    if ((roles.get(encode(key.thumbprint)) ?? role) !== role) broken('a key has changed its role');
  }
}

function broken(what: string): never {
  throw new UntrustedError('snapshot.root', `the chain of roots is broken: ${what}`);
}

/** @throws MalformedError `malformed.token`, `malformed.profile` or `snapshot.duplicate_key` */
export function fromBytes(payload: Bytes): Root {
  const names = 'region version environment threshold hosts from expires keys peers';
  const members = new Members(canonical.parse(payload), 'root', names);
  const region = members.region('region');
  const [start, expires] = [members.time('from'), members.time('expires')];
  if (expires <= start) refuse(members.at('expires'), 'not after from');
  const keys = readKeys(members);
  const own = keys.filter(({ role, distrusted }) => role === 'root' && !distrusted).length;
  return {
    region,
    version: members.integer('version', 1, MAX_VERSION),
    environment: members.choice('environment', ENVIRONMENTS),
    threshold: members.integer('threshold', 1, own),
    hosts: readHosts(members),
    start,
    expires,
    keys,
    peers: readPeers(members, region),
    digest: toHex(sha256(payload)),
  };
}

function readKeys(members: Members): KeyRecord[] {
  const keys = members
    .items('keys', 1, MAX_KEYS)
    .map((one, n) => keyRecord.fromMembers(one, `root.keys[${n}]`, ROOT_ROLES));
  keyRecord.refuseShared(keys, 'root');
  if (new Set(keys.map(({ role, kid }) => `${role} ${kid}`)).size !== keys.length) {
    refuse('root.keys', 'a kid stands twice in one role');
  }
  for (const { role, start, end, distrustedAfter } of keys) {
    if (end === null || distrustedAfter !== null) {
      refuse('root.keys', "a root's key has an end, and is distrusted wholly or not at all");
    }
    if (role === 'receipt' && end - start > MAX_EPOCH_WINDOW) {
      refuse('root.keys', 'a receipt epoch lasts at most 366 days');
    }
  }
  return keys;
}

function readHosts(members: Members): string[] {
  const hosts = members.items('hosts', 1, MAX_HOSTS).filter(isHost);
  if (new Set(hosts).size !== members.items('hosts', 1, MAX_HOSTS).length) {
    refuse(members.at('hosts'), 'not distinct hosts of a registry');
  }
  return hosts;
}

function readPeers(members: Members, own: string): Map<string, string> {
  const peers = new Map<string, string>();
  let last = '';
  for (const one of members.items('peers', 0, MAX_PEERS)) {
    const peer = new Members(one, members.at('peers'), 'region root_sha256');
    const region = peer.region('region');
    if (region <= last || region === own) {
      refuse(members.at('peers'), "regions do not rise, or the root's own is among them");
    }
    peers.set(region, peer.hexDigest('root_sha256'));
    last = region;
  }
  return peers;
}
