// SPDX-License-Identifier: Apache-2.0
/**
 * Devices that type: a hand scanner, and an ID-card reader. What comes faster than a person types and
 * ends with Enter is taken as one reading, wherever it was typed but in a field of the page.
 *
 * A Chinese input method swallows the characters of such a device; then the keys themselves are read,
 * as they lie on a keyboard of the United States, which is what these devices pretend to be.
 */

const QUICK = 250; // milliseconds between two keys of a device, over a slow radio too
const SHORTEST = 12; // characters: shorter is somebody leaning on the keyboard
const LONGEST = 20_000;

const PLAIN: Readonly<Record<string, string>> = {
  Minus: '-_', Equal: '=+', BracketLeft: '[{', BracketRight: ']}', Backslash: '\\|', Semicolon: ';:',
  Quote: '\'"', Backquote: '`~', Comma: ',<', Period: '.>', Slash: '/?', Space: '  ', Tab: '\t\t',
};
const ABOVE_DIGITS = ')!@#$%^&*(';

/** Collects keys into readings. Times are milliseconds. */
export class Wedge {
  #text = '';
  #last = 0;

  /** Take a key; gives the whole reading with its last one. */
  key(event: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>, now: number): string | null {
    if (now - this.#last > QUICK) this.#text = '';
    this.#last = now;
    if (event.key === 'Enter' || event.code === 'Enter') {
      const reading = this.#text;
      this.#text = '';
      return reading.length >= SHORTEST ? reading : null;
    }
    const character = characterOf(event);
    if (character !== null && this.#text.length < LONGEST) this.#text += character;
    return null;
  }

  /** Whether a reading is under way, so that its keys do nothing else. */
  get isReading(): boolean {
    return this.#text.length > 2;
  }
}

function characterOf({ key, code, shiftKey }: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>): string | null {
  if ([...key].length === 1) return key;
  if (key === 'Tab') return '\t';
  if (key !== 'Process' && key !== 'Unidentified') return null;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shiftKey ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code)?.[1];
  if (digit !== undefined) return shiftKey ? (ABOVE_DIGITS[Number(digit)] ?? null) : digit;
  return PLAIN[code]?.[shiftKey ? 1 : 0] ?? null;
}

/** Listen to the whole page; gives readings until it is told to stop. */
export function listen(take: (reading: string) => void): () => void {
  const wedge = new Wedge();
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    const wasReading = wedge.isReading;
    const reading = wedge.key(event, event.timeStamp);
    // A device's Enter must not press whatever button has the focus.
    if (wasReading) event.preventDefault();
    if (reading !== null) take(reading);
  };
  addEventListener('keydown', onKey, { capture: true });
  return () => removeEventListener('keydown', onKey, { capture: true });
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'file'].includes(target.type))
  );
}
