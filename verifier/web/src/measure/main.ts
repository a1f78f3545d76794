// SPDX-License-Identifier: Apache-2.0
/**
 * What the benchmark runs inside a page: our work and the engine's own, in turns, so that whatever else
 * the machine does falls on both.
 *
 * The numbers are milliseconds: the best of the rounds, or a median where it says so.
 */

import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import * as carrier from '../core/credential/carrier.ts';
import * as deflate from '../core/credential/deflate.ts';
import { Snapshot } from '../core/credential/snapshot.ts';
import type { Bytes } from '../core/keys/bytes.ts';
import { verify } from '../core/verifier/verify.ts';

export interface Case {
  readonly snapshot: Bytes;
  readonly anchor: string;
  readonly texts: readonly string[];
  /** Points of the body's key and of the receipt key: 65 bytes each, uncompressed. */
  readonly keys: readonly [Bytes, Bytes];
  /** Seconds. */
  readonly at: number;
  readonly region: string;
}

interface Signed {
  readonly signature: Bytes;
  readonly data: Bytes;
}

/** Codes in one turn: few enough to take less time than the machine leaves to a program at once. */
const FEW = 25;
const ECDSA = { name: 'ECDSA', hash: 'SHA-256' };
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };

/** Code text to verdict, beside the same two verifications at once with the keys at hand. */
export async function verdicts(one: Case, rounds: number): Promise<{ ours: number; limit: number }> {
  const snapshot = await Snapshot.fromBytes(one.snapshot, one.anchor);
  const asking = { at: one.at, region: one.region };
  const [body, receipt] = await Promise.all(
    one.keys.map((point) => crypto.subtle.importKey('raw', point, CURVE, false, ['verify'])),
  );
  const signed = one.texts.map((text) => {
    const { unverified, receiptUnverified } = carrier.decode(text);
    if (receiptUnverified === null) throw new Error('a code has a receipt');
    return [unverified, receiptUnverified].map(({ signature, signingInput }) => ({
      signature,
      data: signingInput,
    }));
  });
  const ours = async (texts: readonly string[]): Promise<void> => {
    for (const text of texts) {
      const { outcome } = await verify(text, snapshot, asking);
      if (outcome !== 'VALID') throw new Error(outcome);
    }
  };
  const limit = async (pairs: readonly (readonly Signed[])[]): Promise<void> => {
    for (const [first, second] of pairs as [Signed, Signed][]) {
      const held = await Promise.all([
        crypto.subtle.verify(ECDSA, body!, first.signature, first.data),
        crypto.subtle.verify(ECDSA, receipt!, second.signature, second.data),
      ]);
      if (held.includes(false)) throw new Error('the limit does not hold');
    }
  };
  const sum = { ours: 0, limit: 0 };
  for (let at = 0; at < one.texts.length; at += FEW) {
    const [texts, pairs] = [one.texts.slice(at, at + FEW), signed.slice(at, at + FEW)];
    const best = await inTurns([() => ours(texts), () => limit(pairs)], rounds);
    sum.ours += best[0]! / one.texts.length;
    sum.limit += best[1]! / one.texts.length;
  }
  return sum;
}

/** A camera's frame to verdict, beside the decoder alone: medians. */
export async function frames(
  one: Case,
  picture: Blob,
  rounds: number,
): Promise<{ ours: number; decoder: number }> {
  // The build for measuring has the file inside, as a data URL, which the page's policy does not load.
  const wasmBinary = Uint8Array.from(atob(wasmUrl.split(',')[1] ?? ''), (one) => one.charCodeAt(0)).buffer;
  prepareZXingModule({ overrides: { wasmBinary } });
  const snapshot = await Snapshot.fromBytes(one.snapshot, one.anchor);
  const bitmap = await createImageBitmap(picture);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const decode = async (): Promise<string> => {
    const [found] = await readBarcodes(pixels, {
      formats: ['QRCodeModel2'], maxNumberOfSymbols: 8, tryHarder: true, tryDownscale: true,
    });
    if (found === undefined) throw new Error('nothing found');
    return found.text;
  };
  const whole = async (): Promise<void> => {
    const { outcome } = await verify(await decode(), snapshot, { at: one.at, region: one.region });
    if (outcome !== 'VALID') throw new Error(outcome);
  };
  await whole();
  const [ours, decoder]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(await timed(whole));
    decoder.push(await timed(async () => void (await decode())));
  }
  return { ours: median(ours), decoder: median(decoder) };
}

/** A snapshot read and checked, beside hashing it and inflating its lists alone. */
export async function loading(
  one: Pick<Case, 'snapshot' | 'anchor'>,
  rounds: number,
): Promise<{ ours: number; limit: number; bytes: number }> {
  const streams = streamsOf(one.snapshot);
  const ours = async (): Promise<void> => void (await Snapshot.fromBytes(one.snapshot, one.anchor));
  const limit = async (): Promise<void> => {
    await crypto.subtle.digest('SHA-256', one.snapshot);
    for (const stream of streams) {
      if (deflate.unzlib(stream, 262_144) === null) throw new Error('a list does not inflate');
    }
  };
  const best = await inTurns([ours, limit], rounds);
  return { ours: best[0]!, limit: best[1]!, bytes: one.snapshot.length };
}

/** Exported, so that no builder takes away what nobody reads. */
export const kept: { it: unknown } = { it: null };

/** Keep what is asked for, so that somebody outside may look how much memory it takes. */
export async function keep(
  one: Pick<Case, 'snapshot' | 'anchor'>,
  what: 'nothing' | 'lists' | 'snapshot',
): Promise<void> {
  if (what === 'snapshot') kept.it = await Snapshot.fromBytes(one.snapshot, one.anchor);
  else if (what === 'lists') kept.it = streamsOf(one.snapshot).map((stream) => deflate.unzlib(stream, 262_144));
  else kept.it = null;
}

/** Give the compressed status lists of a snapshot. */
function streamsOf(snapshot: Bytes): Bytes[] {
  const text = new TextDecoder().decode(snapshot);
  const lists = Object.values((JSON.parse(text) as { status_lists: Record<string, string> }).status_lists);
  return lists.map((token) => {
    const payload = JSON.parse(atobUrl(token.split('.')[1] ?? '')) as { status_list: { lst: string } };
    return Uint8Array.from(atobUrl(payload.status_list.lst), (one) => one.charCodeAt(0));
  });
}

async function inTurns(acts: readonly (() => Promise<void>)[], rounds: number): Promise<number[]> {
  const best = acts.map(() => Infinity);
  for (const act of acts) await act();
  for (let round = 0; round < rounds; round++) {
    for (const [index, act] of acts.entries()) {
      best[index] = Math.min(best[index] ?? Infinity, await timed(act));
    }
  }
  return best;
}

async function timed(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function atobUrl(text: string): string {
  return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
}
