// SPDX-License-Identifier: Apache-2.0
/**
 * The snapshot: everything that a verdict needs to know, in one file (docs/format.md §5.6).
 *
 *     {"root":[[jws,…],…],"manifest":jws,"trust_list":jws,"catalogues":[jws,…],"status_lists":{uri:jws},
 *      "survivors"?:{epoch:base64url},"checkpoint":jws,"peers":{region: the same without "peers"}}
 *
 * It is judged once, against an anchor that people gave, and then asked as often as you like. Without
 * an anchor it can be looked at, and nothing in it is believed (`anchored` is false).
 *
 * A peer is judged against the anchor that our own root names for it. A peer's bag that is refused is
 * left out with its reason and never blocks ours; of two peers that claim the same host or key the one
 * with the lower region code is kept.
 */

import { type Bytes } from '../keys/bytes.ts';
import * as bags from './bag.ts';
import type { Bag } from './bag.ts';
import * as canonical from './canonical.ts';
import type { Json } from './canonical.ts';
import { MalformedError, SealError, UntrustedError } from './errors.ts';
import { isRegion, Members, refuse } from './members.ts';
import * as texts from './texts.ts';
import type { Texts } from './texts.ts';

export const MAX_BYTES = 64 * 2 ** 20; // of the file
const MAX_PEER = 8 * 2 ** 20; // characters of all texts of one peer
const MAX_PEERS = 64;

export class Snapshot {
  /** The anchor's region. */
  readonly home: Bag;
  /** By region, rising. */
  readonly peers: ReadonlyMap<string, Bag>;
  /** Region and code of each peer whose bag was refused. */
  readonly rejectedPeers: ReadonlyMap<string, string>;
  /** `REGION:HEX`, what all rests on; null: nothing here is to be believed. */
  readonly anchor: string | null;
  readonly #byHost: ReadonlyMap<string, Bag>;

  constructor(
    home: Bag,
    peers: ReadonlyMap<string, Bag>,
    rejectedPeers: ReadonlyMap<string, string>,
    anchor: string | null,
  ) {
    this.home = home;
    this.peers = peers;
    this.rejectedPeers = rejectedPeers;
    this.anchor = anchor;
    this.#byHost = new Map(
      [home, ...peers.values()].flatMap((bag) => bag.root.hosts.map((host) => [host, bag])),
    );
  }

  /** Whether it was judged against an anchor. */
  get anchored(): boolean {
    return this.anchor !== null;
  }

  /** The home region. */
  get region(): string {
    return this.home.region;
  }

  /** Find the region that a host belongs to. */
  bagOfHost(host: string): Bag | undefined {
    return this.#byHost.get(host);
  }

  /** Write the file: ours, and every peer that was accepted. */
  toBytes(): Bytes {
    return assemble(
      this.home.texts,
      Array.from(this.peers, ([region, bag]) => [region, bag.texts]),
    );
  }

  /**
   * Read and judge a file.
   * @param data White space between its members is allowed.
   * @param anchor `REGION:HEX` as it was published; null to look without believing.
   * @throws MalformedError `snapshot.malformed`, `snapshot.too_large`, `snapshot.duplicate_key`, or
   * `snapshot.anchor` where the anchor is none
   * @throws UntrustedError `snapshot.anchor`, `snapshot.threshold`, `snapshot.root`,
   * `snapshot.signature`, `snapshot.part`, `snapshot.ages` or `snapshot.host`
   */
  static async fromBytes(data: Bytes, anchor: string | null): Promise<Snapshot> {
    const [homeTexts, offered] = await readFile(data);
    const home = await bags.judge(homeTexts, anchor);
    const accepted = new Map<string, Bag>();
    const rejected = new Map<string, string>();
    for (const region of [...offered.keys()].sort()) {
      try {
        const bag = await judgePeer(home, region, offered.get(region) ?? null, accepted.values());
        accepted.set(region, bag);
      } catch (error) {
        if (!(error instanceof SealError)) throw error;
        rejected.set(region, error.code);
      }
    }
    return new Snapshot(home, accepted, rejected, anchor);
  }
}

/** Read a file's form: our texts, and what stands under each peer, not yet looked at. */
export function readFile(data: Bytes): Promise<[Texts, ReadonlyMap<string, Json>]> {
  if (data.length > MAX_BYTES) {
    throw new MalformedError('snapshot.too_large', `a snapshot has at most ${MAX_BYTES} bytes`);
  }
  return bags.naming('snapshot', () => {
    const members = new Members(canonical.parse(data, false), 'snapshot', `${texts.NAMES} peers`);
    const home = texts.fromMembers(members);
    const peers = members.raw('peers');
    if (!(peers instanceof Map) || peers.size > MAX_PEERS || ![...peers.keys()].every(isRegion)) {
      refuse(members.at('peers'), `not an object of at most ${MAX_PEERS} regions`);
    }
    return [home, peers];
  });
}

/**
 * Judge a peer's members of a snapshot.
 * @param home Our bag, whose root names the peer's anchor.
 * @param others The peers that are accepted already.
 * @throws MalformedError `snapshot.…`
 * @throws UntrustedError `snapshot.…`
 */
export async function judgePeer(
  home: Bag,
  region: string,
  value: Json,
  others: Iterable<Bag>,
): Promise<Bag> {
  const digest = home.root.peers.get(region);
  if (digest === undefined) {
    throw new UntrustedError('snapshot.anchor', `our root names no peer ${region}`);
  }
  const peer = await bags.naming(`peer ${region}`, () =>
    texts.fromMembers(new Members(value, `peer ${region}`, texts.NAMES)),
  );
  if (texts.lengthOf(peer) > MAX_PEER) {
    throw new MalformedError('snapshot.too_large', `the texts of peer ${region} are too long`);
  }
  const judged = await bags.judge(peer, `${region}:${digest}`);
  demandApart(judged, [home, ...others]);
  return judged;
}

/**
 * Return if a peer shares neither host nor key with other regions.
 * @throws UntrustedError `snapshot.host` or `snapshot.duplicate_key`
 */
export function demandApart(peer: Bag, others: Iterable<Bag>): void {
  const keys = bags.thumbprints(peer);
  for (const other of others) {
    if (peer.root.hosts.some((host) => other.root.hosts.includes(host))) {
      throw new UntrustedError('snapshot.host', 'two regions claim the same host');
    }
    for (const key of bags.thumbprints(other)) {
      if (keys.has(key)) {
        throw new UntrustedError('snapshot.duplicate_key', 'two regions have the same key');
      }
    }
  }
}

/** Put a file together from signed texts; judging it is left to `Snapshot.fromBytes`. */
export function assemble(home: Texts, peers: Iterable<readonly [string, Texts]>): Bytes {
  const members = texts.toMembers(home);
  const listed = [...peers].sort(([one], [other]) => (one < other ? -1 : 1));
  members.set('peers', new Map(listed.map(([region, peer]) => [region, texts.toMembers(peer)])));
  return canonical.encode(members);
}
