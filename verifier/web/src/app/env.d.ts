// SPDX-License-Identifier: Apache-2.0
/** What the build puts in. */

/** Version of the package and the start of the sources' hash. */
declare const __VERSION__: string;

interface ImportMeta {
  readonly env: { readonly BASE_URL: string };
}

declare module '*.css';
declare module '*.wasm?url' {
  const url: string;
  export default url;
}
