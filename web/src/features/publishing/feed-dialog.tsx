import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { Dialog } from '@/shared/ui/dialog';
import { TextField } from '@/shared/ui/field';
import { Fault } from '@/shared/ui/note';
import { ShownOnce } from '@/shared/ui/once';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CalendarSync } from 'lucide-react';
import { useState } from 'react';
import { calendarFeedsPath, feedsQuery, publishingKeys } from './api/queries';
import type { CalendarFeed } from './api/types';

/** Secret addresses at which calendar programs read what is planned. Each is shown once, and revoked by itself. */
export function FeedDialog({ onClose }: { onClose: () => void }) {
  const { scope, user } = useScope();
  const client = useQueryClient();
  const feeds = useQuery(feedsQuery(scope));
  const [label, setLabel] = useState('');
  const [revoking, setRevoking] = useState<CalendarFeed | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: publishingKeys.all(scope) });
  const make = useMutation({
    mutationFn: () => take(api.POST(calendarFeedsPath, { params: { path: scope }, body: { label: label.trim() } })),
    onSuccess: () => setLabel(''),
    onSettled: refresh,
  });
  const revoke = useMutation({
    mutationFn: (feed: CalendarFeed) => api.DELETE(`${calendarFeedsPath}/{feed}`, { params: { path: { ...scope, feed: feed.id } } }),
    onSuccess: (_, feed) => {
      // An address that no longer works isn’t offered for copying.
      if (make.data?.id === feed.id) make.reset();
      setRevoking(null);
      toast(`The address for ${feed.label} no longer works`);
    },
    onSettled: refresh,
  });
  const made = make.data;
  const problem = make.error ? asProblem(make.error) : null;
  const on = feeds.data?.items.filter((f) => !f.revoked_at) ?? [];
  if (revoking) {
    return (
      <ConfirmDialog title={`Revoke the address for ${revoking.label}?`} action="Revoke" busy={revoke.isPending} error={revoke.error} onConfirm={() => revoke.mutate(revoking)} onClose={() => setRevoking(null)}>
        <p>Calendars that read it get nothing any more. It can’t be brought back; a new address can be made.</p>
      </ConfirmDialog>
    );
  }
  return (
    <Dialog open held={Boolean(made?.url)} onOpenChange={(open) => !open && onClose()} title="In your own calendar" description="An address for Google Calendar, Apple Calendar, Outlook and others. They show what is planned and what is out, and keep up by themselves." footer={made?.url && <Button variant="primary" onClick={onClose}>I have it</Button>}>
      <div className="grid gap-6">
        {made?.url ? (
          <div className="grid gap-2">
            <ShownOnce label={`The address for ${made.label}`} value={made.url} />
            <p className="text-xs text-ink-3">It is shown this once. Whoever has it reads this calendar, without signing in.</p>
            <p className="text-sm text-ink-2">Add it where your calendar program says “From URL” or “Subscribe”{made.url.startsWith('http') && <>, or <a href={made.url.replace(/^https?:/, 'webcal:')} className="text-link underline underline-offset-4">open it in the program of this device</a></>}.</p>
          </div>
        ) : null}
        <form
          noValidate
          className="flex flex-wrap items-start gap-3"
          onSubmit={(e) => {
            e.preventDefault();
            if (label.trim() !== '') make.mutate();
          }}
        >
          <div className="min-w-0 grow basis-56"><TextField label={made ? 'Another one' : 'For whom or what'} placeholder="My phone" maxLength={120} value={label} onChange={(e) => setLabel(e.target.value)} error={problem?.at('label')} hint="So that you know later which one to revoke." /></div>
          <Button type="submit" variant={made ? 'line' : 'primary'} className="mt-6.5" busy={make.isPending} disabled={label.trim() === ''}>Make an address</Button>
        </form>
        <Fault error={make.error} fields={['label']} />
        {feeds.isPending ? <Loading what="the addresses"><SkeletonText lines={2} /></Loading>
          : feeds.isError ? <ErrorState error={feeds.error} retry={() => void feeds.refetch()} compact />
            : on.length > 0 && (
              <ul aria-label="Calendar addresses" className="divide-y border-t">
                {on.map((f) => (
                  <li key={f.id} className="flex items-center gap-3 py-3">
                    <CalendarSync className="size-4 shrink-0 text-ink-3" aria-hidden />
                    <div className="min-w-0 grow"><p className="truncate">{f.label}</p><p className="text-xs text-ink-3">made {shortDate(f.created_at, user.time_zone)}</p></div>
                    <Button size="sm" variant="quiet" aria-label={`Revoke the address for ${f.label}`} onClick={() => setRevoking(f)}>Revoke</Button>
                  </li>
                ))}
              </ul>
            )}
      </div>
    </Dialog>
  );
}
