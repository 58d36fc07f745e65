import { api, seen, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandPath, onboardingQuery } from '@/shared/api/queries';
import type { Onboarding } from '@/shared/api/types';
import { cn } from '@/shared/lib/cn';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { IconButton } from '@/shared/ui/button';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, X } from 'lucide-react';

type StepName = Onboarding['steps'][number]['step'];
const steps: Record<StepName, { title: string; why: string; section?: string; to?: 'studio' | 'library' | 'connections' }> = {
  profile: { title: 'Say who you are', why: 'What the brand stands for and how it speaks: writers are told.', section: 'brands' },
  voice: { title: 'Give the voice something to learn from', why: 'Texts of your own: drafts are compared with how you write.' },
  connect_network: { title: 'Connect a network', why: 'So that what is approved can go out from here. Begin in the sandbox, or skip it to publish by hand.', to: 'connections' },
  first_draft: { title: 'Turn a text into drafts', why: 'Paste an article, drop a file or give a link.', to: 'studio' },
  review: { title: 'Approve or reject one', why: 'Nothing goes out that nobody has read.', to: 'library' },
  invite: { title: 'Bring somebody in', why: 'Two pairs of eyes see more.', section: 'members' },
};

/** The first steps, until they are done or put away. What happened counts by itself. */
export function FirstSteps() {
  const { scope } = useScope();
  const client = useQueryClient();
  const query = onboardingQuery(scope);
  const { data } = useQuery(query);
  const update = useMutation({
    mutationFn: (body: { steps?: { step: StepName; state: 'skipped' | 'pending' }[]; completed?: boolean }) => take(api.PATCH(`${brandPath}/onboarding`, { params: { path: scope, header: seen(data?.version ?? 0) }, body })),
    onSuccess: (fresh) => client.setQueryData(query.queryKey, fresh),
    onError: (error) => {
      toast('That was not kept', { kind: 'error', detail: asProblem(error).message });
      void client.invalidateQueries({ queryKey: query.queryKey });
    },
  });
  if (!data?.needed) return null;
  const done = data.steps.filter((s) => s.state === 'done').length;
  const putAway = () => {
    update.mutate({ completed: true }, { onSuccess: () => toast('Put away', { undo: () => void client.fetchQuery(query).then(() => update.mutate({ completed: false })) }) });
  };
  return (
    <section aria-labelledby="first-steps" className="rounded-xl border border-line-strong bg-sheet">
      <header className="flex items-center gap-4 border-b px-5 py-3">
        <h2 id="first-steps" className="grow font-semibold">First steps <span className="ml-2 text-xs font-normal text-ink-3 tabular-nums">{done} of {data.steps.length}</span></h2>
        <IconButton label="Put the first steps away" onClick={putAway}><X /></IconButton>
      </header>
      <ol>
        {data.steps.map((s) => {
          const { title, why, section, to } = steps[s.step];
          const open = s.state === 'pending';
          const now = open && s.step === data.current_step;
          const look = cn('rounded-sm after:absolute after:inset-0 hover:text-brass-ink', now && 'font-semibold');
          return (
            <li key={s.step} className="group relative flex items-start gap-4 border-b px-5 py-3.5 last:border-0" aria-current={now ? 'step' : undefined}>
              <span aria-hidden className={cn('mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full border', s.state === 'done' ? 'border-good bg-good text-sheet' : now ? 'border-2 border-brass' : 'border-line-strong')}>{s.state === 'done' && <Check className="size-3.5" strokeWidth={3} />}</span>
              <div className="min-w-0 grow">
                {!open ? <p className="text-ink-3">{title}<span className="sr-only">, {s.state}</span>{s.state === 'skipped' && <span className="ml-2 text-xs">skipped</span>}</p>
                  : !section && !to ? <p className={now ? 'font-semibold' : undefined}>{title}</p>
                  : section ? <Link to="/$org/$brand/settings/$section" params={{ ...scope, section }} className={look}>{title}</Link>
                    : to === 'connections' ? <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'connections' }} className={look}>{title}</Link>
                    : <Link to={to === 'studio' ? '/$org/$brand/studio' : '/$org/$brand/library'} params={scope} className={look}>{title}</Link>}
                {open && <p className="text-sm text-ink-2">{why}</p>}
              </div>
              {open && <button type="button" className="relative rounded-sm text-xs text-ink-3 underline-offset-4 hover:text-ink hover:underline max-lg:min-h-10" onClick={() => update.mutate({ steps: [{ step: s.step, state: 'skipped' }] })}>Skip<span className="sr-only"> {title}</span></button>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
