// SPDX-License-Identifier: Apache-2.0
/** The judge: a worker that knows, refreshes and decides, and answers the page's calls. */

import { answer } from './answer.ts';
import { Knowledge } from './knowledge.ts';
import type { CallName, Calls, Request, Response } from './protocol.ts';
import { tagsOf } from './roster.ts';

const knowledge = new Knowledge();

const answers: { [N in CallName]: (take: Calls[N]['take']) => Promise<Calls[N]['give']> } = {
  open: ({ base, anchor }) => knowledge.open(base, anchor),
  refresh: () => knowledge.refresh(progress),
  load: (data) => knowledge.load(data),
  verify: (question) => answer(question, knowledge.snapshot),
  occupations: () => Promise.resolve(knowledge.occupations()),
  tags: (people) => tagsOf(people, progress),
  forget: () => knowledge.forget(),
};

addEventListener('message', ({ data }: MessageEvent<Request>) => void hear(data));

async function hear({ id, call, take }: Request): Promise<void> {
  try {
    send({ id, give: await answers[call](take as never) });
  } catch (error) {
    send({ id, failed: error instanceof Error ? error.message : 'the judge failed' });
  }
}

function progress(share: number): void {
  send({ progress: share });
}

function send(response: Response): void {
  postMessage(response);
}
