import { useQuery } from '@tanstack/react-query';
import { AudioLines } from 'lucide-react';
import { useState } from 'react';
import { Popover as RadixPopover } from 'radix-ui';
import type { Scope } from '../api/queries';
import type { Content, Post } from '../api/types';
import { cn } from '../lib/cn';
import { same, spokenText } from '../lib/content';
import { SkeletonText } from '../ui/states';
import { modelFor, useScore, voiceQuery } from './api';
import { matchLook, MatchNumber, Reasons } from './reasons';
import { fewWords, matchOf, matchWords, twoDigits } from './words';

/**
 * How much a draft sounds like its author: a number and a word, and behind them what to change. Nothing where there is no
 * voice. The draft's own number counts until it is touched; then it is asked anew with the keys.
 */
export function VoiceMatch({ scope, post, content }: { scope: Scope; post: Post; content: Content }) {
  const overview = useQuery({ ...voiceQuery(scope), staleTime: 5 * 60_000, retry: false });
  const [open, setOpen] = useState(false);
  const model = modelFor(overview.data, post.network);
  const known = model !== null;
  // by what it says: a page that is loaded anew brings the same words in another object
  const untouched = post.voice_confidence != null && (content === post.content || same(content, post.content));
  // Reasons come with the score; they are asked for when somebody wants them.
  const score = useScore(scope, spokenText(content), post.network, known && (!untouched || open));
  if (!known) return null;
  const confidence = untouched ? post.voice_confidence : score.data?.confidence;
  const few = score.data?.not_enough;
  if (confidence == null && !few) return null;
  const behind = !untouched && score.behind;
  // The number of another training is not that of the next key: said, so that nobody wonders at the jump.
  const older = untouched && post.voice_model_id != null && post.voice_model_id !== model?.id;
  return (
    <RadixPopover.Root open={open} onOpenChange={setOpen}>
      <RadixPopover.Trigger asChild>
        <button type="button" aria-label={confidence == null ? `Voice: ${fewWords(few?.what).toLowerCase()}. Why?` : `Voice match ${twoDigits(confidence)}: ${matchWords[matchOf(confidence)]}${older ? ', by an earlier version of your voice' : ''}. Why?`} className={cn('inline-flex h-8 items-center gap-2 rounded-md px-2 text-xs hover:bg-sunk max-lg:h-10', confidence == null ? 'text-ink-3' : matchLook[matchOf(confidence)].text)}>
          <AudioLines className="size-4 shrink-0" aria-hidden />
          <span role="status" aria-busy={behind} className="tabular-nums">
            {confidence == null ? fewWords(few?.what) : <><strong className="font-semibold">{twoDigits(confidence)}</strong><span className="max-sm:sr-only"> {matchWords[matchOf(confidence)].toLowerCase()}</span>{older && <span className="text-ink-3"> · earlier voice</span>}</>}
          </span>
        </button>
      </RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content aria-label="Voice match" align="start" sideOffset={6} collisionPadding={8} className="z-50 w-88 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-sheet shadow-float animate-fade">
          <div tabIndex={0} className="grid max-h-[min(70dvh,var(--radix-popper-available-height))] gap-5 overflow-y-auto rounded-lg p-5 scroll-thin">
            {confidence != null && <MatchNumber confidence={confidence} behind={behind} />}
            {older && (
              <p className="text-xs text-ink-2">
                By the version of your voice that heard it when it was last written; the voice has been trained since.
                {score.data?.confidence != null && ` Version ${model?.version} gives it ${twoDigits(score.data.confidence)}, and hears what you change.`}
              </p>
            )}
            {few ? <p className="text-sm text-ink-2">{few.message}</p>
              : score.data ? <Reasons score={score.data} />
                : score.isError ? <p role="alert" className="text-sm text-bad">The reasons could not be loaded.</p>
                  : <SkeletonText lines={4} />}
          </div>
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
