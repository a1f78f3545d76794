// SPDX-License-Identifier: Apache-2.0
/**
 * The page, kept for offline use. One version is one cache, filled at once or not at all.
 *
 * - Every file is loaded, and every time served, by its hash, which stands in this script: a cache that
 *   was tampered with is not served, and half a new version is never mixed with half an old one.
 * - A new version waits until the page says `skipWaiting`.
 * - What was scanned never comes here (a fragment is not part of a request), and nothing but the page's
 *   own files is answered: the snapshot and its parts are the judge's business, other origins nobody's.
 */

const worker = self as unknown as ServiceWorkerGlobalScope;

/** Path and SHA-256 (base64) of each file; the build writes them in. */
declare const __FILES__: Readonly<Record<string, string>>;

const FILES = __FILES__;
const PAGE = '/';
const PREFIX = 'skillseal-';
const CACHE = PREFIX + (FILES[PAGE] ?? '').slice(0, 16);
/** Where the page answers: `/` and the path that codes name. */
const PAGE_PATHS = new Set(['/', '/index.html', '/v', '/v/', '/v/index.html']);

worker.addEventListener('install', (event) => {
  event.waitUntil(fill());
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name))),
      )
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('message', ({ data }) => {
  if (data === 'skipWaiting') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  const path = PAGE_PATHS.has(url.pathname) ? PAGE : url.pathname;
  if (!Object.hasOwn(FILES, path)) return;
  event.respondWith(kept(path));
});

/** Load all files by their hashes; the first that differs fails the whole version. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(Object.keys(FILES).map(async (path) => cache.put(path, await load(path))));
}

async function load(path: string): Promise<Response> {
  const answer = await fetch(path, { cache: 'no-cache', integrity: `sha256-${FILES[path]}`, credentials: 'omit' });
  if (!answer.ok || answer.redirected) throw new Error(`${path} answers ${answer.status}`);
  return answer;
}

/** Serve a file if it is what this version consists of; else load it again, by its hash. */
async function kept(path: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const found = await cache.match(path);
  if (found !== undefined) {
    const data = await found.clone().arrayBuffer();
    if ((await hash(data)) === FILES[path]) return found;
    await cache.delete(path);
  }
  try {
    const answer = await load(path);
    await cache.put(path, answer.clone());
    return answer;
  } catch {
    return new Response('这份离线副本被改动过，且无法重新下载。The offline copy was altered.', {
      status: 503,
      headers: { 'content-type': 'text/plain;charset=utf-8' },
    });
  }
}

async function hash(data: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return btoa(String.fromCharCode(...digest));
}
