// Light on purpose: types are TypeScript's job. This holds the folders apart (shared → features → routes) and the rules of hooks.
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const features = readdirSync(new URL('./src/features', import.meta.url));
const zones = [
  { target: './src/shared', from: './src/features', message: 'shared knows no feature.' },
  { target: './src/shared', from: './src/routes', message: 'shared knows no route.' },
  { target: './src/features', from: './src/routes', message: 'A feature knows no route.' },
  ...features.map((name) => ({
    target: `./src/features/${name}`,
    from: './src/features',
    except: [`./${name}`],
    message: 'No feature imports another; a route puts them together.',
  })),
];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'shots', 'src/shared/api/schema.gen.ts'] },
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parser: tseslint.parser },
    plugins: { 'import-x': importX, 'react-hooks': reactHooks, '@typescript-eslint': tseslint.plugin },
    settings: { 'import-x/resolver-next': [aliasResolver()] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
);

/** Resolves `@/…` and relative imports to files under src, which is all that the zones need. */
function aliasResolver() {
  const root = new URL('./src/', import.meta.url).pathname;
  return {
    interfaceVersion: 3,
    name: 'alias',
    resolve(source, file) {
      if (source.startsWith('@/')) return { found: true, path: root + source.slice(2) };
      if (source.startsWith('.')) return { found: true, path: new URL(source, `file://${file}`).pathname };
      return { found: true, path: null };
    },
  };
}
