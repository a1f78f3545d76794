// SPDX-License-Identifier: Apache-2.0
/**
 * The code out of the address, and the address without it. This module is imported before every other
 * one and acts when it is read: afterwards neither the history nor a screenshot of the address bar
 * shows whose certificate was checked.
 */

/** Digits, or the text form, as the address had them; empty where there was nothing. */
export const atStart = take();

/** Take the fragment out of the address; a code opened in a page that is already open comes here. */
export function take(): string {
  const { hash, pathname, search } = location;
  if (hash.length < 2) return '';
  history.replaceState(history.state, '', pathname + search);
  return hash.slice(1);
}
