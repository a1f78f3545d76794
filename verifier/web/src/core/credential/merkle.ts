// SPDX-License-Identifier: Apache-2.0
/**
 * Proofs of the log's tree: RFC 9162 §2.1 with SHA-256 (docs/format.md §10).
 *
 *     leaf  SHA-256(0x00 ‖ entry)        node  SHA-256(0x01 ‖ left ‖ right)        empty  SHA-256("")
 *
 * Nothing of a verdict needs them; an auditor's page does. Indexes have up to 40 bits, more than the
 * engine's bit operations, so the walk is done in BigInt.
 */

import { type Bytes, concat, equal } from '../keys/bytes.ts';
import { sha256 } from '../keys/sha256.ts';
import { UntrustedError } from './errors.ts';

const MAX_PROOF = 64; // hashes: more than any tree of this log can need
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const EMPTY = sha256(new Uint8Array(0));

/** Hash a leaf's entry, 32 bytes. */
export function leafHash(entry: Bytes): Bytes {
  return sha256(concat(LEAF, entry));
}

/** Hash two subtrees into their parent, 32 bytes. */
function nodeHash(left: Bytes, right: Bytes): Bytes {
  return sha256(concat(NODE, left, right));
}

/** A leaf's way up the tree: its number and that of the last leaf, level by level. */
class Climb {
  node: bigint;
  last: bigint;

  constructor(node: number, last: number) {
    [this.node, this.last] = [BigInt(node), BigInt(last)];
  }

  get isRight(): boolean {
    return (this.node & 1n) === 1n || this.node === this.last;
  }

  up(): void {
    [this.node, this.last] = [this.node >> 1n, this.last >> 1n];
  }

  /** Skip the levels at which the right edge has no sibling. */
  skip(): void {
    while ((this.node & 1n) === 0n && this.node !== 0n) this.up();
  }
}

/**
 * Return if a leaf stands at an index of the tree with this size and root (§2.1.3.2).
 * @throws UntrustedError `log.inclusion`
 */
export function verifyInclusion(
  leaf: Bytes,
  index: number,
  size: number,
  proof: readonly Bytes[],
  root: Bytes,
): void {
  if (index < 0 || index >= size || proof.length > MAX_PROOF) notIncluded();
  const climb = new Climb(index, size - 1);
  let running = leaf;
  for (const sibling of proof) {
    if (climb.last === 0n) notIncluded();
    if (climb.isRight) {
      running = nodeHash(sibling, running);
      climb.skip();
    } else {
      running = nodeHash(running, sibling);
    }
    climb.up();
  }
  if (climb.last !== 0n || !equal(running, root)) notIncluded();
}

/**
 * Return if one tree is the beginning of another (§2.1.4.2).
 * @throws UntrustedError `log.consistency`
 */
export function verifyConsistency(
  old: number,
  size: number,
  oldRoot: Bytes,
  root: Bytes,
  proof: readonly Bytes[],
): void {
  if (old < 0 || old > size || proof.length > MAX_PROOF) notConsistent();
  if (old === 0 || old === size) {
    const expected = old === 0 ? EMPTY : root;
    const isEmpty = size !== 0 || equal(root, EMPTY);
    if (proof.length > 0 || !equal(oldRoot, expected) || !isEmpty) notConsistent();
    return;
  }
  const isPower = (BigInt(old) & (BigInt(old) - 1n)) === 0n;
  const [first, ...path] = isPower ? [oldRoot, ...proof] : proof;
  if (first === undefined) return notConsistent();
  const climb = new Climb(old - 1, size - 1);
  while ((climb.node & 1n) === 1n) climb.up();
  let [before, after] = [first, first];
  for (const sibling of path) {
    if (climb.last === 0n) notConsistent();
    if (climb.isRight) {
      [before, after] = [nodeHash(sibling, before), nodeHash(sibling, after)];
      climb.skip();
    } else {
      after = nodeHash(after, sibling);
    }
    climb.up();
  }
  if (climb.last !== 0n || !equal(before, oldRoot) || !equal(after, root)) notConsistent();
}

function notIncluded(): never {
  throw new UntrustedError('log.inclusion', 'the proof does not lead from this leaf to the root');
}

function notConsistent(): never {
  throw new UntrustedError('log.consistency', 'the newer log does not begin with the older one');
}
