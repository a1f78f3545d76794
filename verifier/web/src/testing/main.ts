// SPDX-License-Identifier: Apache-2.0
/**
 * The core at a command line: questions on standard input, one JSON object a line, answers on standard
 * output in the same order.
 *
 *     node --import ./src/testing/hooks.ts src/testing/main.ts
 */

import { createInterface } from 'node:readline';
import { Question } from './ops.ts';
import { Session } from './session.ts';

const session = new Session();

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  process.stdout.write(`${JSON.stringify(await session.answer(new Question(line)))}\n`);
}
