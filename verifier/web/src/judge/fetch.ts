// SPDX-License-Identifier: Apache-2.0
/** The judge's only way out: bytes from this page's own origin, bounded, and never from a cache. */

import { UnavailableError } from '../core/credential/errors.ts';
import type { Bytes } from '../core/keys/bytes.ts';

/** The port: bytes behind a path, at most so many. */
export type Fetch = (path: string, most: number) => Promise<Bytes>;

const DEADLINE = 60_000; // milliseconds without a byte

/** Load below a base URL. The path is ours, never out of what was scanned. */
export function below(base: string): Fetch {
  return async (path, most) => {
    const stop = new AbortController();
    let clock = setTimeout(() => stop.abort(), DEADLINE);
    try {
      const answer = await fetch(new URL(path, base), {
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        signal: stop.signal,
      });
      if (answer.status === 404) throw new UnavailableError('fetch.absent', path);
      // A host for single-page applications answers every path with its page.
      if (answer.headers.get('content-type')?.startsWith('text/html')) {
        throw new UnavailableError('fetch.absent', path);
      }
      if (!answer.ok || answer.body === null) {
        throw new UnavailableError('fetch.unavailable', `${path} answers ${answer.status}`);
      }
      const chunks: Bytes[] = [];
      let length = 0;
      const reader = answer.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(clock);
        clock = setTimeout(() => stop.abort(), DEADLINE);
        length += value.length;
        if (length > most) {
          await reader.cancel();
          throw new UnavailableError('fetch.unavailable', `${path} is over ${most} bytes`);
        }
        chunks.push(value);
      }
      return joined(chunks, length);
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      throw new UnavailableError('fetch.unavailable', `${path} cannot be read`);
    } finally {
      clearTimeout(clock);
    }
  };
}

function joined(chunks: readonly Bytes[], length: number): Bytes {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
