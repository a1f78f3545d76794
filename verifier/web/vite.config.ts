// SPDX-License-Identifier: Apache-2.0
/**
 * The build: the page, its two workers, and the service worker with the hash of every other file
 * written into it. A static host needs dist/ and nothing else.
 */

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const OUT = process.env['SKILLSEAL_WEB_OUT'] ?? join(HERE, 'dist');
/** Beside the page: whoever hosts it writes these, and they change without a new version of it. */
const SOURCES = ['src', 'package-lock.json', '../words.json'];

export default defineConfig({
  root: 'src/app',
  base: '/',
  define: { __VERSION__: JSON.stringify(version()) },
  worker: { format: 'es', plugins: () => [ownReader()] },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: (path) => (path.endsWith('.bin') ? true : false),
    rolldownOptions: {
      input: { index: join(HERE, 'src/app/index.html'), sw: join(HERE, 'src/sw/sw.ts') },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  plugins: [ownReader(), offline()],
});

/** Version of the package, and the start of a hash over everything that it is built from. */
function version(): string {
  const { version: number } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf-8')) as { version: string };
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const files = source === 'src' ? below(join(HERE, source)) : [join(HERE, source)];
    for (const file of files) hash.update(relative(HERE, file)).update('\0').update(readFileSync(file));
  }
  return `${number}+${hash.digest('hex').slice(0, 7)}`;
}

/** The code reader would look for its wasm file on a public host if it were not told; take that away. */
function ownReader(): Plugin {
  return {
    name: 'skillseal-own-reader',
    transform: (code, id) => (id.includes('zxing-wasm') ? code.replace(/https:\/\/fastly\.[^`]*\/dist\//, '/') : null),
  };
}

/** Put the page where codes point, and the hashes of all files into the service worker. */
function offline(): Plugin {
  return {
    name: 'skillseal-offline',
    apply: 'build',
    writeBundle() {
      const files: Record<string, string> = {};
      for (const file of below(OUT)) {
        const path = `/${relative(OUT, file).replaceAll('\\', '/')}`;
        if (path === '/sw.js' || path === '/v/index.html') continue;
        files[path === '/index.html' ? '/' : path] = createHash('sha256').update(readFileSync(file)).digest('base64');
      }
      const script = join(OUT, 'sw.js');
      const text = readFileSync(script, 'utf-8');
      if (!text.includes('__FILES__')) this.error('the service worker has no place for the files');
      writeFileSync(script, text.replaceAll('__FILES__', JSON.stringify(files)));
      mkdirSync(join(OUT, 'v'), { recursive: true });
      cpSync(join(OUT, 'index.html'), join(OUT, 'v', 'index.html'));
    },
  };
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
