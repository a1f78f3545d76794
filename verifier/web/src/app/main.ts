// SPDX-License-Identifier: Apache-2.0
/** The page around the core. */

import { decode } from '../core/credential/carrier.ts';
import { SealError } from '../core/credential/errors.ts';

// Taken and removed before anything else: a code in the address would stay in the history.
const fragment = location.hash;
history.replaceState(null, '', location.pathname);

const main = document.querySelector('main');
if (main !== null && fragment !== '') {
  try {
    main.textContent = decode(`${location.origin}/v${fragment}`).claims.certificateNumber;
  } catch (error) {
    main.textContent = error instanceof SealError ? error.code : String(error);
  }
}
