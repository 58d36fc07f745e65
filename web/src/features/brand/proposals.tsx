import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { brandPath } from '@/shared/api/queries';
import type { Proposal } from '@/shared/api/types';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Section } from '@/shared/ui/section';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check } from 'lucide-react';
import { Chips } from './chips';
import { proposalsQuery } from './queries';

/** Pillars that the brand might have, each with its reason; one press makes it one. */
export function Proposals({ onAccepted }: { onAccepted: () => Promise<unknown> }) {
  const { scope } = useScope();
  const list = useQuery(proposalsQuery(scope));
  const accept = useMutation({
    mutationFn: (p: Proposal) => take(api.POST(`${brandPath}/pillars`, { params: { path: scope }, body: { name: p.name, subtopics: p.subtopics } })),
    onSuccess: (made) => toast(`${made.name} is a pillar now`),
    onError: (error) => toast('It could not be added', { kind: 'error', detail: asProblem(error).message }),
    onSettled: onAccepted,
  });
  return (
    <Section title="Proposed" lead="From the topics of your profile and your latest approved posts.">
      {list.isPending ? <Loading what="proposals"><SkeletonText lines={3} /></Loading>
        : list.isError ? <ErrorState error={list.error} title="Nothing could be proposed" retry={() => void list.refetch()} compact />
          : list.data.items.length === 0 ? (
            <p className="max-w-prose text-sm text-ink-2">
              Nothing to propose. Name what you speak about in <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'profile' }} className="text-ink underline underline-offset-4 hover:text-brass-ink">the profile’s topics</Link>, or approve a few drafts.
            </p>
          ) : (
            <ul className="divide-y border-y" aria-label="Proposed pillars">
              {list.data.items.map((p) => (
                <li key={p.name} className="flex flex-wrap items-start gap-x-6 gap-y-3 py-4">
                  <div className="grid min-w-0 grow basis-64 gap-2">
                    <h3 className="text-base font-semibold wrap-anywhere">{p.name}</h3>
                    <p className="text-sm text-ink-2">{p.reason}</p>
                    {p.subtopics.length > 0 && <Chips items={p.subtopics} />}
                  </div>
                  <Button size="sm" aria-label={`Accept ${p.name}`} busy={accept.isPending && accept.variables.name === p.name} disabled={accept.isPending} onClick={() => accept.mutate(p)}><Check className="size-4" /> Accept</Button>
                </li>
              ))}
            </ul>
          )}
    </Section>
  );
}
