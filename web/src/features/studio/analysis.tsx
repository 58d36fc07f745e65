import { inputQuery, isLive } from '@/shared/api/queries';
import type { Generation } from '@/shared/api/types';
import { useScope } from '@/shared/lib/use-scope';
import { VoiceInvite } from '@/shared/voice/invite';
import { Button } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { ErrorState, Loading, SkeletonText } from '@/shared/ui/states';
import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { useState } from 'react';

/** What was read and what was understood: the reasons behind the drafts. */
export function AnalysisPanel({ generation: g }: { generation: Generation }) {
  const { scope } = useScope();
  const a = g.analysis;
  const writer = g.outputs.find((o) => o.writer)?.writer;
  return (
    <aside aria-label="What was understood" className="grid content-start gap-6 xl:sticky xl:top-20 xl:max-h-[calc(100dvh-6rem)] xl:overflow-y-auto xl:scroll-thin">
      {a ? (
        <>
          <section>
            <h2 className="text-xs text-ink-3">Core message</h2>
            <p className="mt-1.5 font-serif text-lg">{a.core_message}</p>
          </section>
          {a.key_points.length > 0 && (
            <section>
              <h2 className="text-xs text-ink-3">Key points</h2>
              <ol className="mt-2 grid gap-2.5">
                {a.key_points.map((point, i) => (
                  <li key={i} className="flex gap-3 text-sm"><span aria-hidden className="font-serif text-ink-3 tabular-nums">{i + 1}</span><span className="text-ink-2">{point}</span></li>
                ))}
              </ol>
            </section>
          )}
          <dl className="grid grid-cols-[5.5rem_1fr] gap-x-3 gap-y-2 border-t pt-5 text-sm">
            {a.topic && <><dt className="text-ink-3">Topic</dt><dd>{a.topic}</dd></>}
            {a.audience && <><dt className="text-ink-3">Audience</dt><dd>{a.audience}</dd></>}
            {a.language && <><dt className="text-ink-3">Language</dt><dd>{languageName(a.language)}</dd></>}
            {a.keyphrases.length > 0 && <><dt className="text-ink-3">Phrases</dt><dd className="text-ink-2">{a.keyphrases.join(', ')}</dd></>}
          </dl>
        </>
      ) : isLive(g.status) ? (
        <Loading what="the analysis"><SkeletonText lines={6} /></Loading>
      ) : null}
      <section className="grid gap-2 border-t pt-5 text-sm">
        <h2 className="text-xs text-ink-3">Source</h2>
        {g.input.url && <a href={g.input.url} target="_blank" rel="noreferrer noopener" className="flex items-center gap-1.5 rounded-sm text-link underline-offset-4 hover:underline"><span className="truncate">{g.input.url}</span><ExternalLink className="size-3.5 shrink-0" aria-label="opens in a new tab" /></a>}
        {g.input.file_name && <p className="truncate">{g.input.file_name}</p>}
        <p className="line-clamp-3 text-ink-2">{g.input.excerpt}</p>
        <SourceText generation={g} />
      </section>
      {writer && <p className="border-t pt-5 text-xs text-ink-3">Written by {writer.provider === 'builtin' ? 'the built-in writer' : writer.model}{writer.provider === 'builtin' ? ', from the sentences of your own text. It invents nothing.' : ` (${writer.provider}).`}</p>}
      <VoiceInvite scope={scope} />
    </aside>
  );
}

function SourceText({ generation: g }: { generation: Generation }) {
  const { scope } = useScope();
  const [open, setOpen] = useState(false);
  const input = useQuery({ ...inputQuery(scope, g.id), enabled: open });
  return (
    <div>
      <Button variant="quiet" size="sm" className="-ml-3" onClick={() => setOpen(true)}>
        Read the source{g.input.words > 0 && ` (${g.input.words.toLocaleString()} words)`}
      </Button>
      {open && (
        <Dialog open onOpenChange={setOpen} title={g.input.title ?? 'Source'} size="lg">
          {input.isPending ? <Loading what="the source"><SkeletonText lines={8} /></Loading>
            : input.isError ? <ErrorState error={input.error} retry={() => void input.refetch()} compact />
              : <p className="font-serif text-lg whitespace-pre-wrap">{input.data.text}</p>}
        </Dialog>
      )}
    </div>
  );
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
