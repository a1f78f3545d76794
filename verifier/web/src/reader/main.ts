// SPDX-License-Identifier: Apache-2.0
/**
 * Finds QR codes in pixels, in a worker of its own: a slow frame never freezes the screen. The wasm
 * file is our own copy, kept by the service worker, so that this works without a network.
 */

import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';

export interface Frame {
  readonly id: number;
  readonly pixels: ArrayBuffer;
  readonly width: number;
  readonly height: number;
  /** Spend more time: for a picture that does not come again. */
  readonly thorough: boolean;
}

export interface Code {
  readonly text: string;
  /** The middle of the symbol, as shares of width and height. */
  readonly x: number;
  readonly y: number;
}

export type Found =
  | { readonly id: number; readonly codes: readonly Code[] }
  | { readonly id: number; readonly failed: string };

const MOST = 8; // codes in one frame; two are already too many to pick from

prepareZXingModule({ overrides: { locateFile: () => wasmUrl } });

addEventListener('message', ({ data }: MessageEvent<Frame>) => {
  void answer(data).then((found) => postMessage(found));
});

async function answer({ id, pixels, width, height, thorough }: Frame): Promise<Found> {
  try {
    const image = new ImageData(new Uint8ClampedArray(pixels), width, height);
    const results = await readBarcodes(image, {
      formats: ['QRCodeModel2'],
      maxNumberOfSymbols: MOST,
      tryHarder: true,
      tryDownscale: true,
      tryInvert: thorough,
      tryDenoise: thorough,
    });
    const codes = results.filter((result) => result.isValid).map(({ text, position }) => {
      const corners = [position.topLeft, position.topRight, position.bottomLeft, position.bottomRight];
      const middle = (of: (corner: { x: number; y: number }) => number): number =>
        corners.reduce((sum, corner) => sum + of(corner), 0) / corners.length;
      return { text, x: middle((corner) => corner.x) / width, y: middle((corner) => corner.y) / height };
    });
    return { id, codes };
  } catch (error) {
    return { id, failed: error instanceof Error ? error.message : 'the reader failed' };
  }
}
