// SPDX-License-Identifier: Apache-2.0
/**
 * DEFLATE, bounded and exact: a stream ends at the last byte of what is given and is not longer than
 * it may be. Neither pako's own `inflate` nor an engine's DecompressionStream says both, and the latter
 * takes no dictionary, so zlib's calls are used as Python uses them.
 *
 * The carrier's dictionary is the file of its version followed by the token's host
 * (docs/format.md §4.3).
 */

import {
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
  zlibInflateSetDictionary,
} from 'pako';
import dictionaryUrl from '../../../../../credential/dictionaries/1.bin?url&inline';
import { type Bytes, concat, fromText } from '../keys/bytes.ts';
import * as base64url from './base64url.ts';
import { MalformedError } from './errors.ts';

export const MAX_PLAIN = 4096; // bytes
export const DICTIONARY = fromDataUrl(dictionaryUrl);

// zlib's names for the two framings (RFC 1951, RFC 1950) and their windows. A code is inflated at one go,
// so that its window has to hold the dictionary and nothing else: 8 KiB, not 32.
const RAW = -13;
const ZLIB = 15;
const WINDOW = 2 ** -RAW;
const MAX_DICTIONARIES = 64;
const dictionaries = new Map<string, Bytes>();
const expander = inflater(RAW);
const expanded = new Uint8Array(MAX_PLAIN + 1);

/**
 * Read the compressed part of a code.
 * @throws MalformedError `malformed.carrier`
 */
export function expand(stream: Bytes, host: string): Bytes {
  // One inflater and one buffer for all codes: to set them up costs more than to inflate.
  const ready =
    zlibInflateReset(expander) === Z_OK &&
    zlibInflateSetDictionary(expander, dictionaryFor(host)) === Z_OK;
  if (!ready) throw new Error('the inflater could not be set up');
  const plain = inflate(expander, stream, expanded);
  if (plain === null) {
    throw new MalformedError('malformed.carrier', 'the compressed part is damaged');
  }
  return plain.slice();
}

/** Read one zlib stream of at most so many bytes; null for anything else. */
export function unzlib(stream: Bytes, most: number): Bytes | null {
  return inflate(inflater(ZLIB), stream, new Uint8Array(most + 1));
}

function inflater(framing: number): ZStream {
  const engine = new ZStream();
  if (zlibInflateInit2(engine, framing) !== Z_OK) throw new Error('there is no inflater');
  return engine;
}

/** Fill all but the last byte of a buffer at most, which is there to see that there is more. */
function inflate(engine: ZStream, stream: Bytes, output: Bytes): Bytes | null {
  engine.input = stream;
  engine.next_in = 0;
  engine.avail_in = stream.length;
  engine.output = output;
  engine.next_out = 0;
  engine.avail_out = output.length;
  const status = zlibInflate(engine, Z_NO_FLUSH);
  const exact =
    status === Z_STREAM_END && engine.avail_in === 0 && engine.total_out < output.length;
  return exact ? output.subarray(0, engine.total_out) : null;
}

function dictionaryFor(host: string): Bytes {
  let found = dictionaries.get(host);
  if (found === undefined) {
    if (dictionaries.size >= MAX_DICTIONARIES) dictionaries.clear();
    found = concat(DICTIONARY, fromText(host));
    if (found.length > WINDOW) throw new Error('the dictionary does not fit');
    dictionaries.set(host, found);
  }
  return found;
}

function fromDataUrl(url: string): Bytes {
  const base64 = url.slice(url.indexOf(',') + 1);
  return base64url.decode(base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''));
}
