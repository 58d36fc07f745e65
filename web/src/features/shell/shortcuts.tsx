import { Dialog } from '@/shared/ui/dialog';
import { Kbd } from '@/shared/ui/kbd';
import { sheet } from './nav';

const groups: { name: string; keys: [string, string][] }[] = [
  { name: 'Everywhere', keys: [['mod+k', 'Search or do anything'], ['?', 'This sheet'], ['c', 'New drafts'], ['z', 'Undo the last action'], ['g t', 'Go to Today'], ['g u', 'Go to Trends'], ['g r', 'Go to Reader'], ['g s', 'Go to Studio'], ['g c', 'Go to Calendar'], ['g q', 'Go to Queue'], ['g l', 'Go to Library'], ['g m', 'Go to Media'], ['g o', 'Go to Sources'], ['g b', 'Go to Brand'], ['g e', 'Go to Settings'], ['g n', 'Notifications']] },
  { name: 'Drafts', keys: [['j', 'Next'], ['k', 'Previous'], ['a', 'Approve'], ['x', 'Reject'], ['w', 'Say why, after a rejection'], ['u', 'Back to review'], ['e', 'Edit the text'], ['esc', 'Leave the text'], ['y', 'Copy'], ['d', 'Compare with original'], ['v', 'Versions'], ['n', 'Add a note'], ['r', 'Write anew']] },
  { name: 'Library', keys: [['/', 'Search'], ['s', 'Select or unselect'], ['o', 'Open'], ['#', 'Delete']] },
  { name: 'Media', keys: [['u', 'Upload files'], ['/', 'Search'], ['j', 'Next'], ['k', 'Previous'], ['esc', 'Close']] },
  { name: 'Trends', keys: [['j', 'Next'], ['k', 'Previous'], ['enter', 'Open'], ['d', 'Make drafts'], ['1', 'Draft the first angle, 2 and 3 the others'], ['x', 'Dismiss'], ['o', 'Open the newest item'], ['/', 'Search'], ['esc', 'Close']] },
  { name: 'Reader', keys: [['j', 'Next'], ['k', 'Previous'], ['enter', 'Open'], ['o', 'Open the original'], ['m', 'Read or unread'], ['s', 'Save for later, or not'], ['r', 'Make drafts of it'], ['w', 'See those drafts'], ['/', 'Search'], ['esc', 'Close']] },
  { name: 'Sources', keys: [['n', 'Add a source'], ['/', 'Search']] },
  { name: 'Studio', keys: [['mod+enter', 'Write drafts']] },
  { name: 'Calendar', keys: [['m', 'Month'], ['w', 'Week'], ['d', 'Day'], ['l', 'List'], ['t', 'Today'], ['j', 'Forward'], ['k', 'Back'], ['n', 'Plan something'], ['left right', 'Move the chosen card by a day'], ['up down', 'Move it by a week, or by 15 minutes'], ['enter', 'Keep the new place'], ['esc', 'Put it back']] },
  { name: 'Queue', keys: [['j', 'Next'], ['k', 'Previous'], ['s', 'Select or unselect'], ['esc', 'Close']] },
];

export function Shortcuts() {
  return (
    <Dialog open onOpenChange={() => sheet.set(null)} title="Keyboard shortcuts" size="lg">
      <div className="gap-10 sm:columns-2">
        {groups.map((group) => (
          <section key={group.name} className="mb-6 break-inside-avoid">
            <h3 className="mb-2 text-xs text-ink-3">{group.name}</h3>
            <dl className="grid gap-1">
              {group.keys.map(([keys, what]) => (
                <div key={keys} className="flex h-7 items-center justify-between gap-4">
                  <dt className="text-sm">{what}</dt>
                  <dd><Kbd keys={keys} /><span className="sr-only">{keys}</span></dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
