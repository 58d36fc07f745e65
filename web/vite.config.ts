/// <reference types="vitest/config" />
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const backend = process.env.BELLWETHER_URL ?? 'http://127.0.0.1:7080';
const alias = { '@': fileURLToPath(new URL('./src', import.meta.url)) };

/** Writes `.br` and `.gz` beside what compresses, so that the server sends them as they are and never compresses twice. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    writeBundle({ dir = 'dist' }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
        const path = `${dir}/${name}`;
        if (!/\.(js|css|svg)$/.test(name) || statSync(path).size < 1024) continue;
        const bytes = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(bytes));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss(), precompressed()],
  resolve: { alias },
  build: {
    outDir: 'dist',
    sourcemap: false,
    // The server's policy is font-src 'self' and img-src without data: for scripts' sake; nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    port: 5173,
    // Host stays the backend's own so that its same-origin check on unsafe methods sees one origin.
    proxy: {
      '/api': {
        target: backend,
        changeOrigin: true,
        configure: (proxy) => proxy.on('proxyReq', (request) => request.setHeader('origin', backend)),
      },
    },
  },
  test: {
    projects: [
      {
        plugins: [react()],
        resolve: { alias },
        test: {
          name: 'unit',
          environment: 'jsdom',
          include: ['src/**/*.test.{ts,tsx}'],
          setupFiles: ['src/test-setup.ts'],
          // longer than what a test waits for inside of it
          testTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['e2e/**/*.e2e.ts'],
          // a browser and the program keep two cores busy by themselves: two at a time were slower
          fileParallelism: false,
          // a browser on a machine that somebody else is busy on: in CI a flow is tried once more, and scripts/sum_tests.py names it
          retry: process.env.CI ? 1 : 0,
          testTimeout: 240_000,
          hookTimeout: 120_000,
          // a second, the default, is little for a browser, a server and a database on two busy cores
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
