import { api, take } from '@/shared/api/client';
import { brandPath, keys as queryKeys, meQuery, postsQuery } from '@/shared/api/queries';
import { useDebounced } from '@/shared/draft/check';
import { headline } from '@/shared/lib/content';
import { setTheme } from '@/shared/lib/theme';
import { useMay } from '@/shared/lib/use-may';
import { useScope } from '@/shared/lib/use-scope';
import { Dialog } from '@/shared/ui/dialog';
import { Kbd } from '@/shared/ui/kbd';
import { NetworkGlyph } from '@/shared/ui/network-glyph';
import { Status } from '@/shared/ui/status';
import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { BadgeCheck, Bell, Clock, FileUp, FlaskConical, Keyboard, LogOut, Newspaper, OctagonPause, Plug, Plus, Quote, Repeat, Rss, Search, Sparkles, Store, Sunrise, TrendingUp } from 'lucide-react';
import { useState, type ComponentType, type ReactNode } from 'react';
import { themes } from './account';
import { places, sheet } from './nav';
import { useSignOut } from './sign-out';

export function Palette() {
  const { scope } = useScope();
  const { data: me } = useSuspenseQuery(meQuery);
  const navigate = useNavigate();
  const signOut = useSignOut();
  const mayChange = useMay('brand.update');
  const [text, setText] = useState('');
  const q = useDebounced(text.trim(), 150);
  const found = useInfiniteQuery({ ...postsQuery(scope, { q }), enabled: q.length > 1 });
  const drafts = q.length > 1 ? (found.data?.pages[0]?.items.slice(0, 6) ?? []) : [];
  const rising = useQuery({
    queryKey: [...queryKeys.brand(scope), 'trends', 'called', q],
    queryFn: ({ signal }) => take(api.GET(`${brandPath}/trends`, { params: { path: scope, query: { q, state: ['active', 'declining', 'expired'], limit: 4 } }, signal })),
    enabled: q.length > 1,
  });
  const trends = q.length > 1 ? (rising.data?.items ?? []) : [];
  const run = (action: () => unknown) => () => {
    sheet.set(null);
    action();
  };
  return (
    <Dialog open onOpenChange={() => sheet.set(null)} title="Search or do anything" bare size="lg">
      <Command label="Search or do anything" className="flex max-h-[70dvh] flex-col">
        <div className="flex items-center gap-3 border-b px-5">
          <Search className="size-4.5 shrink-0 text-ink-3" aria-hidden />
          <Command.Input value={text} onValueChange={setText} placeholder="Search drafts and trends, go somewhere, do something…" className="h-14 grow bg-transparent text-base outline-none focus-visible:outline-none" />
        </div>
        <Command.List className="min-h-0 overflow-y-auto p-2 scroll-thin" label="Results">
          <Command.Empty className="px-3 py-6 text-ink-2">{found.isFetching || rising.isFetching ? 'Searching…' : 'Nothing is called that.'}</Command.Empty>
          <Group heading="Go to">
            {places.map((p) => <Item key={p.to} icon={p.icon} keys={p.keys} onSelect={run(() => navigate({ to: p.to, params: scope }))}>{p.name}</Item>)}
          </Group>
          <Group heading="Do">
            <Item icon={Plus} keys="c" onSelect={run(() => navigate({ to: '/$org/$brand/studio', params: scope }))}>New drafts from a text, file or link</Item>
            <Item icon={OctagonPause} onSelect={run(() => navigate({ to: '/$org/$brand/queue', params: scope, search: { pauses: true } }))}>Pause or resume publishing</Item>
            <Item icon={Plug} onSelect={run(() => navigate({ to: '/$org/$brand/brand/$section', params: { ...scope, section: 'connections' } }))}>Connect an account</Item>
            <Item icon={Clock} onSelect={run(() => navigate({ to: '/$org/$brand/brand/$section', params: { ...scope, section: 'queue-times' } }))}>Set queue times</Item>
            <Item icon={Quote} onSelect={run(() => navigate({ to: '/$org/$brand/brand/$section', params: { ...scope, section: 'cards' } }))}>Set how cards look</Item>
            <Item icon={Repeat} onSelect={run(() => navigate({ to: '/$org/$brand/recurring', params: scope }))}>Recurring posts</Item>
            <Item icon={BadgeCheck} onSelect={run(() => navigate({ to: '/$org/$brand/brand/$section', params: { ...scope, section: 'approvals' } }))}>Set approval rules or send a client link</Item>
            <Item icon={FlaskConical} onSelect={run(() => navigate({ to: '/$org/$brand/sandbox', params: scope }))}>Look into the sandbox</Item>
            {mayChange && <Item icon={Rss} onSelect={run(() => navigate({ to: '/$org/$brand/sources', params: scope, search: { open: 'add' } }))}>Add a source</Item>}
            {mayChange && <Item icon={FileUp} onSelect={run(() => navigate({ to: '/$org/$brand/sources', params: scope, search: { open: 'import' } }))}>Import sources from another reader (OPML)</Item>}
            {mayChange && <Item icon={Sparkles} onSelect={run(() => navigate({ to: '/$org/$brand/reader', params: scope, search: { edit: 'new' } }))}>New smart feed</Item>}
            <Item icon={Sunrise} onSelect={run(() => navigate({ to: '/$org/$brand/settings/$section', params: { ...scope, section: 'morning' } }))}>Set the morning delivery</Item>
            <Item icon={Bell} keys="g n" onSelect={() => sheet.set('notices')}>Show notifications</Item>
            <Item icon={Keyboard} keys="?" onSelect={() => sheet.set('shortcuts')}>Show keyboard shortcuts</Item>
            {themes.map((t) => <Item key={t.value} icon={t.icon} onSelect={run(() => setTheme(t.value))}>{`Appearance: ${t.label.toLowerCase()}`}</Item>)}
            <Item icon={LogOut} onSelect={run(signOut)}>Sign out</Item>
          </Group>
          {drafts.length > 0 && (
            <Group heading="Drafts">
              {drafts.map((post) => (
                <Command.Item
                  key={post.id}
                  value={`${q} ${post.id}`}
                  onSelect={run(() => navigate({ to: '/$org/$brand/library', params: scope, search: { post: post.id, q } }))}
                  className={itemClass}
                >
                  <NetworkGlyph network={post.network} className="text-ink-3" />
                  <span className="min-w-0 grow truncate font-serif text-base">{headline(post.content)}</span>
                  <Status status={post.status} />
                </Command.Item>
              ))}
            </Group>
          )}
          {trends.length > 0 && (
            <Group heading="Trends">
              {trends.map((trend) => (
                <Command.Item
                  key={trend.id}
                  value={`${q} ${trend.id}`}
                  onSelect={run(() => navigate({ to: '/$org/$brand/trends', params: scope, search: { ...(trend.state === 'expired' && { state: 'expired' as const }), trend: trend.id } }))}
                  className={itemClass}
                >
                  <TrendingUp className="size-4 text-ink-3" />
                  <span className="min-w-0 grow truncate font-serif text-base">{trend.name}</span>
                  <span className="shrink-0 text-xs text-ink-3">{states[trend.state]}</span>
                </Command.Item>
              ))}
            </Group>
          )}
          {/* Not before the rest is there: what comes first is chosen, and this is for what is not found here. */}
          {q.length > 1 && q === text.trim() && !found.isFetching && !rising.isFetching && (
            <Group heading="Sources">
              <Command.Item value={`${q} in the reader`} onSelect={run(() => navigate({ to: '/$org/$brand/reader', params: scope, search: { q } }))} className={itemClass}>
                <Newspaper className="size-4 text-ink-3" />
                <span className="min-w-0 grow truncate">Search what your sources say for “{q}”</span>
              </Command.Item>
            </Group>
          )}
          {me.organizations.flatMap((o) => o.brands).length > 1 && (
            <Group heading="Brands">
              {me.organizations.flatMap((o) => o.brands.map((b) => (
                <Item key={b.id} icon={Store} onSelect={run(() => navigate({ to: '/$org/$brand/today', params: { org: o.slug, brand: b.slug } }))}>
                  {o.name === b.name ? b.name : `${b.name} (${o.name})`}
                </Item>
              )))}
            </Group>
          )}
        </Command.List>
      </Command>
    </Dialog>
  );
}

const states = { active: 'going on', declining: 'losing pace', expired: 'over' } as const;

const itemClass = 'flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-3 text-sm select-none data-[selected=true]:bg-sunk';

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return <Command.Group heading={heading} className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3">{children}</Command.Group>;
}
function Item({ icon: Icon, children, keys, onSelect }: { icon: ComponentType<{ className?: string }>; children: string; keys?: string; onSelect: () => void }) {
  return (
    <Command.Item value={children} onSelect={onSelect} className={itemClass}>
      <Icon className="size-4 text-ink-3" />
      <span className="grow">{children}</span>
      {keys && <Kbd keys={keys} />}
    </Command.Item>
  );
}
