import { modelFor, useScore, type VoiceOverview } from '@/shared/voice/api';
import { MatchNumber, Reasons } from '@/shared/voice/reasons';
import { fewWords } from '@/shared/voice/words';
import { asProblem } from '@/shared/api/problem';
import { networksQuery } from '@/shared/api/queries';
import { useScope } from '@/shared/lib/use-scope';
import { SelectField } from '@/shared/ui/field';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';

/** Any text, held against the voice while it is written. */
export function TryText({ overview }: { overview: VoiceOverview }) {
  const { scope } = useScope();
  const [text, setText] = useState('');
  const [network, setNetwork] = useState('');
  const { data: networks } = useQuery(networksQuery);
  const known = modelFor(overview, network || undefined) !== null;
  const score = useScore(scope, text, network || undefined, known);
  const id = useId();
  const few = score.data?.not_enough;
  // What was wrong with the text itself is said: the number of the one before it would be another's.
  const said = score.isError ? asProblem(score.error).at('text') : undefined;
  return (
    <section aria-labelledby={id} className="grid gap-4 border-t pt-8">
      <div className="grid gap-1">
        <h3 id={id} className="font-serif text-xl">Try a text</h3>
        <p className="max-w-prose text-sm text-ink-2">{known ? 'Write or paste anything. The number moves as you type; it is a probability, and its reasons stand beside it.' : 'Once it knows your voice, any text can be held against it here.'}</p>
      </div>
      {known && (
        <div className="grid items-start gap-x-8 gap-y-5 lg:grid-cols-[minmax(0,1fr)_17rem]">
          <div className="grid gap-3">
            <textarea
              aria-label="A text to try"
              value={text}
              rows={10}
              onChange={(e) => setText(e.target.value)}
              placeholder="A few sentences are enough."
              className="block min-h-60 w-full resize-none rounded-xl border border-line-strong bg-sheet px-5 py-4 font-serif text-lg field-sizing-content focus:border-brass focus:ring-1 focus:ring-brass focus-visible:outline-none max-sm:px-4"
            />
            <SelectField label="As it would stand on" value={network} onChange={(e) => setNetwork(e.target.value)} className="sm:max-w-60">
              <option value="">Any network</option>
              {networks?.networks.filter((n) => n.id !== 'sandbox').map((n) => <option key={n.id} value={n.id}>{n.name}</option>)}
            </SelectField>
          </div>
          <div role="region" aria-label="What the voice says" aria-live="polite" className="grid gap-5">
            {text.trim() === '' ? <p className="text-sm text-ink-3">Nothing to say yet.</p>
              : said !== undefined || (score.isError && !score.data) ? <p role="alert" className="text-sm text-bad">{said ?? 'It could not be worked out. Go on typing to try again.'}</p>
                : few ? <div className="grid gap-1"><p className="font-serif text-xl">{fewWords(few.what)}</p><p className="text-sm text-ink-2">{few.message}</p></div>
                  : score.data?.confidence == null ? <p className="text-sm text-ink-3">Listening…</p>
                    : <><MatchNumber confidence={score.data.confidence} behind={score.behind} /><Reasons score={score.data} /></>}
          </div>
        </div>
      )}
    </section>
  );
}
