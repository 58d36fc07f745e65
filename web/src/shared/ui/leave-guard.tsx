import { useBlocker, type ShouldBlockFn } from '@tanstack/react-router';
import { useStore } from '../lib/store';
import { unsavedNow, unsavedStore } from '../lib/unsaved';
import { Button } from './button';
import { DiscardQuestion, Question } from './question';

/**
 * A form moves its own address when it is saved or filtered: only another page takes what is typed away, and the
 * browser's own way back, which also closes what stands in the address.
 */
const blocks: ShouldBlockFn = ({ action, current, next }) => unsavedNow() !== null && (current.pathname !== next.pathname || (action !== 'PUSH' && action !== 'REPLACE'));

/** Nobody leaves a page with unsaved words on it without being asked: one question for all forms. */
export function LeaveGuard() {
  const nothing = useStore(unsavedStore).size === 0;
  // While there is nothing to lose, navigation goes as if there were no guard.
  const { status, proceed, reset } = useBlocker({ shouldBlockFn: blocks, disabled: nothing, withResolver: true });
  if (status !== 'blocked') return null;
  if (unsavedNow() === 'secret') {
    return (
      <Question
        title="Have you stored it?"
        onDismiss={reset}
        actions={<><Button variant="danger" onClick={proceed}>Leave the page</Button><Button data-first variant="primary" onClick={reset}>Stay here</Button></>}
      >
        <p>What this page shows is shown this once, and is gone when you leave it.</p>
      </Question>
    );
  }
  return <DiscardQuestion leaving onKeep={reset} onDiscard={proceed} />;
}
