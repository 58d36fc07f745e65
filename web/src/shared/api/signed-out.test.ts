import { beforeEach, describe, expect, it } from 'vitest';
import { hearProblem, leaveSession, sessionBegan, sessionLater, sessionStore, watchSession } from './signed-out';

const over = { status: 401, code: 'unauthenticated' };

describe('the end of a session', () => {
  beforeEach(() => {
    sessionStore.set({ ended: false, times: 0 });
    watchSession(() => true);
  });

  it('is told by one answer alone', () => {
    for (const other of [{ status: 401, code: 'wrong_credentials' }, { status: 401, code: 'second_step_over' }, { status: 401, code: 'unknown_passkey' }, { status: 403, code: 'confirmation_needed' }, { status: 403, code: 'second_factor_needed' }, { status: 422, code: 'unauthenticated' }, { status: 0, code: 'offline' }]) {
      hearProblem(other);
      expect(sessionStore.get().ended, other.code).toBe(false);
    }
    hearProblem(over);
    expect(sessionStore.get().ended).toBe(true);
  });

  it('is nothing new where nobody was signed in, or somebody just goes', () => {
    watchSession(() => false);
    hearProblem(over);
    expect(sessionStore.get().ended).toBe(false);
    watchSession(() => true);
    leaveSession();
    hearProblem(over);
    expect(sessionStore.get().ended).toBe(false);
  });

  it('is asked about again by the next refusal; only a new session is counted', () => {
    hearProblem(over);
    sessionLater();
    expect(sessionStore.get()).toEqual({ ended: false, times: 0 });
    hearProblem(over);
    sessionBegan();
    expect(sessionStore.get()).toEqual({ ended: false, times: 1 });
  });
});
