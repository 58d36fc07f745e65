import { api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { sessionsQuery } from '@/shared/api/queries';
import { deviceWords } from '@/shared/lib/device';
import { ago, fullTime } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Section } from '@/shared/ui/section';

export function Sessions() {
  const { user } = useScope();
  const client = useQueryClient();
  const list = useQuery(sessionsQuery);
  const end = useMutation({
    mutationFn: (id: string | null) => (id ? api.DELETE('/api/v1/me/sessions/{session}', { params: { path: { session: id } } }) : api.DELETE('/api/v1/me/sessions')).then(() => undefined),
    onSuccess: (_, id) => toast(id ? 'Signed out there' : 'Signed out everywhere else'),
    onError: (error) => toast('The session could not be ended', { kind: 'error', detail: asProblem(error).message }),
    onSettled: () => void client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  const items = list.data?.items ?? [];
  return (
    <Section title="Sessions" lead="Where you are signed in. End what you don't recognize.">
      {list.isPending ? <Loading what="sessions"><SkeletonText lines={4} /></Loading>
        : list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} compact />
          : (
            <>
              <ul className="divide-y border-t">
                {items.map((s) => (
                  <li key={s.id} className="flex items-center gap-4 py-3">
                    <div className="min-w-0 grow">
                      <p className="truncate">{deviceWords(s.user_agent)}{s.current && <span className="ml-2 text-xs text-good">this one</span>}</p>
                      <p className="text-xs text-ink-3">{s.ip_address && `${s.ip_address} · `}seen <time dateTime={s.last_seen_at} title={fullTime(s.last_seen_at, user.time_zone)}>{ago(s.last_seen_at)}</time> · until {fullTime(s.expires_at, user.time_zone)}</p>
                    </div>
                    {!s.current && <Button size="sm" busy={end.isPending && end.variables === s.id} onClick={() => end.mutate(s.id)}>End</Button>}
                  </li>
                ))}
              </ul>
              {items.length > 1 && <div><Button variant="danger" busy={end.isPending && end.variables === null} onClick={() => end.mutate(null)}>End all others</Button></div>}
            </>
          )}
    </Section>
  );
}
