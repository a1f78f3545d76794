// SPDX-License-Identifier: Apache-2.0
/**
 * The page itself, offline: the service worker that keeps it, and its updates. A new version is loaded
 * and checked in the background, announced, and used only when somebody says so: nobody's screen
 * changes in the middle of a queue.
 */

export interface Offline {
  /** Whether the page opens without a network. */
  readonly isReady: boolean;
  /** Switch to the version that waits; null while there is none. */
  readonly update: (() => void) | null;
}

const EVERY_HOUR = 3_600_000; // milliseconds

/** Register the worker after first paint; hears of every change. */
export async function keepOffline(tell: (offline: Offline) => void): Promise<void> {
  if (!('serviceWorker' in navigator) || !isSecureContext) return;
  const { serviceWorker } = navigator;
  let isReady = serviceWorker.controller !== null;
  let isSwitching = false;
  serviceWorker.addEventListener('controllerchange', () => {
    // The first worker takes over an open page without changing it; a later one brings a new page.
    if (isSwitching) location.reload();
  });
  try {
    const script = new URL('sw.js', new URL(import.meta.env.BASE_URL, location.origin));
    const registration = await serviceWorker.register(script, { updateViaCache: 'none' });
    const look = (): void => {
      isReady ||= registration.active !== null;
      const { waiting } = registration;
      const update = (): void => {
        isSwitching = true;
        waiting?.postMessage('skipWaiting');
      };
      tell({ isReady, update: waiting !== null && registration.active !== null ? update : null });
    };
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look);
    });
    registration.installing?.addEventListener('statechange', look);
    look();
    setInterval(() => void registration.update().catch(() => undefined), EVERY_HOUR);
  } catch {
    tell({ isReady, update: null });
  }
}
