// SPDX-License-Identifier: Apache-2.0
/**
 * Put a new snapshot together from the registry's parts, loading only those that changed. It mirrors
 * verifier/refresh.py.
 *
 *     head.json        root, manifest and peers of the snapshot (docs/format.md §5.6)
 *     parts/<sha256>   a part's text, unless the old snapshot has it already
 *     snapshot.json    all of it, from a host that has no head.json
 *
 * A manifest says here what to ask for, and nothing more: whether any of it is to be believed is
 * decided afterwards, over the bytes that this module puts together.
 */

import * as canonical from '../core/credential/canonical.ts';
import type { Json, JsonObject } from '../core/credential/canonical.ts';
import * as envelope from '../core/credential/envelope.ts';
import { MalformedError, UnavailableError } from '../core/credential/errors.ts';
import { type Bytes, fromText, toHex } from '../core/keys/bytes.ts';
import { digest } from '../core/keys/sha256.ts';
import type { Fetch } from './fetch.ts';

export const MAX_SNAPSHOT = 64 * 2 ** 20; // bytes
const MAX_HEAD = 16 * 2 ** 20; // bytes
const MAX_PARTS = 4096; // of one region
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Load what the registry publishes now: a snapshot, unverified.
 * @param old The snapshot in force, whose parts need not be loaded again.
 * @throws MalformedError `fetch.malformed`
 * @throws UnavailableError `fetch.absent`, `fetch.unavailable`
 */
export async function refresh(
  get: Fetch,
  old: Bytes | null,
  progress: (share: number) => void = () => undefined,
): Promise<Bytes> {
  let head: JsonObject;
  try {
    head = mapping(canonical.parse(await get('head.json', MAX_HEAD), false));
  } catch (error) {
    if (!(error instanceof UnavailableError) || error.code !== 'fetch.absent') throw error;
    return get('snapshot.json', MAX_SNAPSHOT);
  }
  const parts = new Parts(get, old === null ? new Map() : await texts(old), progress);
  const peers = mapping(head.get('peers'));
  const whole = await parts.bag(head);
  const theirs: JsonObject = new Map();
  for (const [region, peer] of peers) theirs.set(region, await parts.bag(mapping(peer)));
  whole.set('peers', theirs);
  return canonical.encode(whole);
}

/** The parts by digest: those at hand, and those still to be loaded, all within one bound. */
class Parts {
  readonly #get: Fetch;
  readonly #atHand: Map<string, string>;
  readonly #progress: (share: number) => void;
  #left = MAX_SNAPSHOT;

  constructor(get: Fetch, atHand: Map<string, string>, progress: (share: number) => void) {
    this.#get = get;
    this.#atHand = atHand;
    this.#progress = progress;
  }

  /** Fill one region's members, in the order of the format. */
  async bag(head: JsonObject): Promise<JsonObject> {
    const manifest = string(head.get('manifest'));
    const payload = envelope.read(manifest, 'manifest+jwt').payload;
    const listed = mapping(canonical.parse(payload)).get('parts');
    if (!Array.isArray(listed) || listed.length > MAX_PARTS) {
      refuse('the manifest lists no parts, or too many');
    }
    const found: [string, string][] = [];
    for (const [index, item] of listed.entries()) {
      const part = mapping(item);
      found.push([string(part.get('name')), await this.#text(part)]);
      this.#progress((index + 1) / listed.length);
    }
    const named = new Map(found);
    const below = (folder: string): [string, string][] =>
      found.filter(([name]) => name.startsWith(folder)).map(([name, text]) => [name.slice(folder.length), text]);
    const survivors = below('survivors/');
    const lists = below('status_lists/').map(([, text]): [string, string] => [uri(text), text]);
    return new Map<string, Json>([
      ['root', head.get('root') ?? null],
      ['manifest', manifest],
      ['trust_list', named.get('trust_list') ?? null],
      ['catalogues', below('catalogues/').map(([, text]) => text)],
      ['status_lists', new Map(lists)],
      ...(survivors.length > 0 ? ([['survivors', new Map(survivors)]] as [string, Json][]) : []),
      ['checkpoint', named.get('checkpoint') ?? null],
    ]);
  }

  async #text(part: JsonObject): Promise<string> {
    const [name, length] = [part.get('sha256'), part.get('length')];
    if (typeof name !== 'string' || typeof length !== 'number' || !DIGEST.test(name)) {
      refuse('a part without digest and length');
    }
    this.#left -= length;
    if (length < 0 || this.#left < 0) refuse('the parts are larger than a snapshot may be');
    const atHand = this.#atHand.get(name);
    if (atHand !== undefined) return atHand;
    const data = await this.#get(`parts/${name}`, length);
    if (toHex(await digest(data)) !== name) refuse('a part is not what its digest says');
    const text = new TextDecoder().decode(data);
    this.#atHand.set(name, text);
    return text;
  }
}

/** Return every text of a snapshot by its digest, wherever it stands. */
async function texts(snapshot: Bytes): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const todo: Json[] = [canonical.parse(snapshot, false)];
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (typeof value === 'string') found.set(toHex(await digest(fromText(value))), value);
    else if (value instanceof Map) todo.push(...value.values());
    else if (Array.isArray(value)) todo.push(...value);
  }
  return found;
}

function uri(token: string): string {
  return string(mapping(canonical.parse(envelope.read(token, 'statuslist+jwt').payload)).get('sub'));
}

function mapping(value: Json | undefined): JsonObject {
  if (!(value instanceof Map)) return refuse('not a JSON object');
  return value;
}

function string(value: Json | undefined): string {
  if (typeof value !== 'string') return refuse('not a text');
  return value;
}

function refuse(what: string): never {
  throw new MalformedError('fetch.malformed', `the registry's answer cannot be used: ${what}`);
}
