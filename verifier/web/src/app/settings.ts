// SPDX-License-Identifier: Apache-2.0
/** The few things that the page remembers between visits: choices, never whom it checked. */

export type Setting = 'language' | 'muted' | 'region' | 'demand' | 'demandName' | 'anchor' | 'camera';

export function read(name: Setting): string | null {
  try {
    return localStorage.getItem(`skillseal.${name}`);
  } catch {
    return null; // storage is switched off: every visit is the first
  }
}

/** Remember, or forget with null. */
export function write(name: Setting, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`skillseal.${name}`);
    else localStorage.setItem(`skillseal.${name}`, value);
  } catch {
    // it holds until the page is closed
  }
}
