import { beforeEach, describe, expect, it, vi } from 'vitest';

const asked: string[] = [];
let broken = false;
vi.mock('./client', () => ({
  api: {
    DELETE: (path: string, { params }: { params: { path: { subscription: string } } }) => {
      asked.push(`end ${params.path.subscription}`);
      return broken ? Promise.reject(new Error(path)) : Promise.resolve({});
    },
    POST: (path: string) => {
      asked.push(path);
      return Promise.resolve({});
    },
  },
}));
const { keepMine, mine, signOut } = await import('./push');

describe('signing out', () => {
  beforeEach(() => {
    asked.length = 0;
    broken = false;
    localStorage.clear();
    vi.stubGlobal('navigator', { serviceWorker: { getRegistration: () => Promise.resolve(undefined) } });
  });

  it('ends first what this browser is told', async () => {
    keepMine('push_1');
    await signOut();
    expect(asked).toEqual(['end push_1', '/api/v1/auth/sign-out']);
    expect(mine()).toBe(null);
  });
  it('keeps nobody signed in because that failed, and ends nothing where nothing is told', async () => {
    await signOut();
    expect(asked).toEqual(['/api/v1/auth/sign-out']);
    keepMine('push_1');
    broken = true;
    await signOut();
    expect(asked.slice(1)).toEqual(['end push_1', '/api/v1/auth/sign-out']);
  });
});
