// SPDX-License-Identifier: Apache-2.0
/**
 * Lets Node run the sources as they stand (`node --import ./src/testing/hooks.ts …`): a file that the
 * build would write into the bundle is read from the disk.
 */

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const INLINE = '?url&inline';

registerHooks({
  load(url, context, next) {
    if (!url.endsWith(INLINE)) return next(url, context);
    const data = readFileSync(new URL(url.slice(0, -INLINE.length)));
    const text = `data:application/octet-stream;base64,${data.toString('base64')}`;
    return { format: 'module', shortCircuit: true, source: `export default ${JSON.stringify(text)};` };
  },
});
