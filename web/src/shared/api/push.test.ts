import { beforeEach, describe, expect, it, vi } from 'vitest';

const asked: string[] = [];
/** What ended in the browser itself. */
const here: string[] = [];
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
    here.length = 0;
    const ends = (what: string) => () => {
      here.push(what);
      return Promise.resolve(true);
    };
    const registration = { pushManager: { getSubscription: () => Promise.resolve({ unsubscribe: ends('address') }) }, unregister: ends('worker') };
    vi.stubGlobal('navigator', { serviceWorker: { getRegistration: () => Promise.resolve(registration) } });
  });

  it('ends first what this browser is told', async () => {
    keepMine('push_1');
    await signOut();
    expect(asked).toEqual(['end push_1', '/api/v1/auth/sign-out']);
    expect(mine()).toBe(null);
    expect(here).toEqual(['address', 'worker']);
  });
  it('keeps nobody signed in because that failed, and ends nothing where nothing is told', async () => {
    await signOut();
    expect(asked).toEqual(['/api/v1/auth/sign-out']);
    expect(here).toEqual([]);
    keepMine('push_1');
    broken = true;
    await signOut();
    expect(asked.slice(1)).toEqual(['end push_1', '/api/v1/auth/sign-out']);
    expect(here, 'what the server could not be told is ended here all the same').toEqual(['address', 'worker']);
  });
});
