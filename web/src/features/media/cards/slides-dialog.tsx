import type { ContentOf, Post } from '@/shared/api/types';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { Segmented } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { Fault, Notice } from '@/shared/ui/note';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { oneQuery } from '../api';
import { cardStyleQuery, type Form, type Slides } from './api';
import { CardFace } from './face';
import type { Size } from './layout';
import { sizes } from './words';

interface MakeSlidesProps { post: Post; content: ContentOf<'carousel'>; busy: boolean; fault: string | null; draw: (asked: Slides) => void; onClose: () => void }

/** The slides of a carousel become pictures or a PDF, in place of the draft's files. Drawing goes on when this is closed. */
export function MakeSlides({ post, content, busy, fault, draw, onClose }: MakeSlidesProps) {
  const { scope, brand } = useScope();
  const { data: style } = useQuery(cardStyleQuery(scope));
  const { data: logo } = useQuery({ ...oneQuery(scope, style?.logo_id ?? ''), enabled: Boolean(style?.logo_id) });
  const linkedin = post.network === 'linkedin';
  const [size, setSize] = useState<Size>('portrait');
  const [form, setForm] = useState<Form>(linkedin ? 'document' : 'pictures');
  const signature = style?.signature.trim() || brand.name;
  const { slides } = content;
  const written = slides.filter((s) => s.title.trim() || s.body.trim()).length === slides.length;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="xl"
      title={form === 'document' ? 'Make the PDF' : 'Make the pictures'}
      footer={<><Button onClick={onClose}>{busy ? 'Close' : 'Cancel'}</Button><Button variant="primary" busy={busy} disabled={!written} onClick={() => draw({ size, form })}>{busy ? 'Drawing…' : `Draw ${slides.length} ${slides.length === 1 ? 'slide' : 'slides'}`}</Button></>}
    >
      <div className="grid gap-5">
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          <Segmented label="Size" value={size} onChange={setSize} options={sizes} className="-ml-1" />
          {linkedin && <Segmented label="As" value={form} onChange={setForm} options={[{ value: 'document', label: 'One PDF' }, { value: 'pictures', label: 'Pictures' }]} />}
        </div>
        {style && (
          <ul aria-label="Slides" tabIndex={0} className="-mx-6 flex gap-3 overflow-x-auto px-6 pb-2 scroll-thin">
            {slides.map((s, i) => (
              <li key={i} className={size === 'landscape' ? 'w-72 shrink-0' : 'w-48 shrink-0'}>
                <CardFace label={`Slide ${i + 1} of ${slides.length}`} template={i === 0 ? 'cover' : 'slide'} size={size} colours={style} logo={logo && !logo.deleted_at ? (logo.thumbnail_url ?? logo.url) : null} words={{ heading: s.title, text: s.body, ...(i === 0 && { author: signature }), page: [i + 1, slides.length] }} />
              </li>
            ))}
          </ul>
        )}
        {!written && <Notice kind="warn">A slide is empty. Write on it, or take it out.</Notice>}
        {busy ? <p role="status" className="text-sm text-ink-2"><span className="animate-breathe">Drawing {slides.length} slides in full size. This takes some seconds; you may close this and go on working.</span></p>
          : <p className="max-w-prose text-sm text-ink-2">{post.media.length > 0 ? `They take the place of ${post.media.length === 1 ? 'the file' : `the ${post.media.length} files`} that this draft shows now. ` : ''}{post.status === 'approved' ? 'The draft then waits for review again. ' : ''}What stands on the slides becomes {form === 'document' ? 'the file’s' : 'their'} alt text. <Link to="/$org/$brand/brand/$section" params={{ ...scope, section: 'cards' }} className="rounded-sm underline underline-offset-4 hover:text-ink">Colours and logo</Link></p>}
        {!busy && fault && <Fault error={new Error(fault)} />}
      </div>
    </Dialog>
  );
}
