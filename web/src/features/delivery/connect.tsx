import { asProblem } from '@/shared/api/problem';
import { mine } from '@/shared/api/push';
import { toast } from '@/shared/lib/toast';
import { Button, buttonClass } from '@/shared/ui/button';
import { Checkbox } from '@/shared/ui/choice';
import { Dialog } from '@/shared/ui/dialog';
import { Disclosure } from '@/shared/ui/disclosure';
import { TextField } from '@/shared/ui/field';
import { FormDialog } from '@/shared/ui/forms';
import { Fault, Notice } from '@/shared/ui/note';
import { Skeleton } from '@/shared/ui/states';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { BellRing, CircleCheck, ExternalLink } from 'lucide-react';
import { lazy, Suspense, useEffect, useId, useRef, useState } from 'react';
import type { ChannelKind } from './contract';
import { ability, allowPush } from './push';
import { channelsKey, channelsQuery, confirmWhatsapp, connectSlack, connectTelegram, tryChannel } from './queries';
import { sharedChat, wayOf } from './ways';

const Qr = lazy(() => import('@/shared/ui/qr'));

interface ConnectProps {
  number: string | null;
  setNumber: (number: string) => Promise<unknown>;
  /** It works: it is taken in among the ways. */
  done: (kind: ChannelKind) => void;
  onClose: () => void;
}

/** How a way is connected; each asks for what it needs and no more. */
export function Connect({ kind, ...props }: ConnectProps & { kind: ChannelKind }) {
  if (kind === 'push') return <ConnectPush {...props} />;
  if (kind === 'whatsapp') return <ConnectWhatsapp {...props} />;
  if (kind === 'slack') return <ConnectSlack {...props} />;
  if (kind === 'telegram') return <ConnectTelegram {...props} />;
  return null;
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: channelsKey });
}

function ConnectPush({ done, onClose }: ConnectProps) {
  const refresh = useRefresh();
  const can = ability();
  const known = useQuery(channelsQuery).data?.items.some((c) => c.kind === 'push' && c.id === mine() && c.state === 'ready') ?? false;
  const allow = useMutation({
    mutationFn: allowPush,
    onSuccess: async () => {
      await refresh();
      toast('This browser is told from now on', { detail: 'Also when no page of Bellwether is open.' });
      done('push');
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Notifications of this browser"
      description="The morning, and what can’t wait, as a notification. It comes with every page of Bellwether closed, as long as the browser runs."
      footer={<><Button onClick={onClose}>{known ? 'Done' : 'Cancel'}</Button>{can === 'can' && !known && <Button variant="primary" busy={allow.isPending} onClick={() => allow.mutate()}><BellRing className="size-4" /> Allow notifications</Button>}</>}
    >
      <div className="grid gap-4 text-sm text-ink-2">
        {known && <p className="flex items-center gap-2 text-good"><CircleCheck className="size-4" aria-hidden /> This browser is told already.</p>}
        {!known && can === 'can' && <p>The browser asks you once whether it may. You can take it back here or there at any time. What is sent is encrypted for this browser: its maker, who carries it, can’t read it.</p>}
        {can === 'blocked' && <Notice kind="warn" title="The browser has been told not to">Press the sign beside the address, allow notifications for this site, and load the page again.</Notice>}
        {can === 'cannot' && <Notice kind="warn" title="This browser can’t be told">Chrome, Edge, Firefox and Safari on a computer can, and Chrome and Firefox on Android. In a private window none of them can, nor without https.</Notice>}
        <Fault error={allow.error} />
      </div>
    </Dialog>
  );
}

function ConnectWhatsapp({ number, setNumber, done, onClose }: ConnectProps) {
  const refresh = useRefresh();
  const way = wayOf('whatsapp', useQuery(channelsQuery).data?.items ?? []);
  const [typed, setTyped] = useState(number ?? '');
  const [code, setCode] = useState('');
  // The code is asked for once a number is kept that is not confirmed; another number begins anew.
  const [changing, setChanging] = useState(false);
  const asks = way.state === 'unconfirmed' && number !== null && !changing;
  const give = useMutation({
    mutationFn: () => setNumber(typed.replaceAll(/[\s()/-]/g, '')),
    onSuccess: async () => {
      setChanging(false);
      await refresh();
    },
  });
  const confirm = useMutation({
    mutationFn: () => confirmWhatsapp(code.replaceAll(/\s/g, '')),
    onSuccess: async () => {
      await refresh();
      toast('WhatsApp is connected');
      done('whatsapp');
    },
  });
  const again = useMutation({ mutationFn: () => tryChannel('whatsapp'), onSuccess: () => toast('Another code is on its way') });
  if (asks) {
    const problem = confirm.error ? asProblem(confirm.error) : null;
    return (
      <FormDialog title="Confirm your number" description={`A code went to ${number} by WhatsApp.`} action="Confirm" busy={confirm.isPending} problem={problem} fields={['code']} empty={code.trim() === ''} onSave={() => confirm.mutate()} onClose={onClose}>
        <TextField label="Code" value={code} onChange={(e) => setCode(e.target.value)} inputMode="numeric" autoComplete="one-time-code" autoFocus error={problem?.at('code')} className="max-w-40 text-lg tracking-widest tabular-nums" />
        <div className="flex flex-wrap gap-2"><Button size="sm" busy={again.isPending} onClick={() => again.mutate()}>Send another code</Button><Button size="sm" variant="quiet" onClick={() => setChanging(true)}>Another number</Button></div>
        <Fault error={again.error} />
      </FormDialog>
    );
  }
  const problem = give.error ? asProblem(give.error) : null;
  return (
    <FormDialog title="WhatsApp" description="Your number gets a code, so that nobody is written to who did not ask for it." action="Send the code" busy={give.isPending} problem={problem} fields={['morning/whatsapp_number']} empty={typed.trim() === ''} onSave={() => give.mutate()} onClose={onClose}>
      <TextField label="Your number" type="tel" autoComplete="tel" autoFocus placeholder="+4930123456" value={typed} onChange={(e) => setTyped(e.target.value)} error={problem?.at('morning/whatsapp_number')} hint="With the country first, such as +49." />
      {way.state === 'ready' && number !== null && <Notice kind="good">{`${number} is connected. Another number has to be confirmed again.`}</Notice>}
    </FormDialog>
  );
}

/** A link that approves does so for whoever follows it: where others read along, that is said before it is chosen. */
export function ApproveLinks({ checked, onChange, shared, disabled }: { checked: boolean; onChange: (on: boolean) => void; shared: boolean; disabled?: boolean }) {
  return (
    <label className="flex items-start gap-3">
      <Checkbox className="mt-0.5" label="With links that approve" checked={checked} onChange={onChange} disabled={disabled ?? false} />
      <span className="text-sm">
        <span className="font-semibold">With links that approve</span>
        <span className="block text-ink-2">
          {checked ? (shared ? 'Everybody who reads along can approve your drafts with them, in your name and without signing in.' : 'Whoever has such a link approves the draft with it, in your name and without signing in.') : 'Its links open Bellwether, where one signs in to approve.'}
        </span>
      </span>
    </label>
  );
}

function ConnectSlack({ done, onClose }: ConnectProps) {
  const refresh = useRefresh();
  const [url, setUrl] = useState('');
  // A channel has many readers: links that approve are for them all.
  const [approve, setApprove] = useState(false);
  const keep = useMutation({
    mutationFn: () => connectSlack(url.trim(), approve),
    onSuccess: async () => {
      await refresh();
      toast('Slack is connected');
      done('slack');
    },
  });
  const problem = keep.error ? asProblem(keep.error) : null;
  return (
    <FormDialog title="Slack" dirty={url.trim() !== ''} description="It writes into one channel, by an address that Slack gives you for it. Mattermost and Rocket.Chat take the same, where whoever runs this installation lets them." action="Connect" busy={keep.isPending} problem={problem} fields={['webhook_url']} empty={url.trim() === ''} onSave={() => keep.mutate()} onClose={onClose}>
      <ol className="grid list-decimal gap-1.5 pl-5 text-sm text-ink-2">
        <li>Open <a href="https://api.slack.com/apps" target="_blank" rel="noreferrer noopener" className="rounded-sm text-link underline underline-offset-4">your Slack apps<span className="sr-only">, in a new tab</span></a>, and make one from scratch.</li>
        <li>Under “Incoming Webhooks”, switch them on and add one to your channel.</li>
        <li>Copy its address here. A first message is sent to it. It is kept encrypted, and never shown again.</li>
      </ol>
      <TextField label="Webhook address" type="url" autoFocus autoComplete="off" spellCheck={false} placeholder="https://hooks.slack.com/services/…" value={url} onChange={(e) => setUrl(e.target.value)} error={problem?.at('webhook_url')} />
      <Notice>Everybody in the channel reads your drafts there. With links that approve, each of them could approve one in your name, without signing in.</Notice>
      <ApproveLinks shared checked={approve} onChange={setApprove} />
    </FormDialog>
  );
}

function ConnectTelegram({ done, onClose }: ConnectProps) {
  const refresh = useRefresh();
  const channels = useQuery({ ...channelsQuery, refetchInterval: 3_000 });
  const { state, configured } = wayOf('telegram', channels.data?.items ?? []);
  const link = useMutation({ mutationFn: () => connectTelegram({ bot_token: null, chat_id: null, approve_links: null }) });
  const [own, setOwn] = useState({ bot_token: '', chat_id: '' });
  const [byOwn, setByOwn] = useState(false);
  const [approve, setApprove] = useState<boolean | null>(null);
  const shared = sharedChat(own.chat_id);
  const form = useId();
  const finish = () => {
    toast('Telegram is connected');
    done('telegram');
  };
  const by = useMutation({
    mutationFn: () => connectTelegram({ bot_token: own.bot_token.trim(), chat_id: own.chat_id.trim(), approve_links: approve }),
    onSuccess: async () => {
      await refresh();
      finish();
    },
  });
  // Said hello: the bot has told the server, and nobody needs to press anything here.
  const waiting = link.data?.link ?? null;
  const came = waiting !== null && state === 'ready';
  const latest = useRef(finish);
  useEffect(() => {
    latest.current = finish;
  });
  useEffect(() => {
    if (came) latest.current();
  }, [came]);
  const problem = by.error ? asProblem(by.error) : null;
  const complete = own.bot_token.trim() !== '' && own.chat_id.trim() !== '';
  const ownBot = (
    <form
      id={form}
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (complete && !by.isPending) by.mutate();
      }}
    >
      <ol className="grid list-decimal gap-1.5 pl-5 text-sm text-ink-2">
        <li>Write /newbot to @BotFather in Telegram: it gives you the token of a new bot.</li>
        <li>Say hello to your bot, or add it to the group or channel that it is to write to.</li>
        <li>Give the chat: its id, a number, or @name of a channel. A first message is sent there. The token is kept encrypted, and never shown again.</li>
      </ol>
      <TextField label="Token of the bot" autoComplete="off" spellCheck={false} value={own.bot_token} onChange={(e) => setOwn((o) => ({ ...o, bot_token: e.target.value }))} error={problem?.at('bot_token')} />
      <TextField label="Chat" autoComplete="off" value={own.chat_id} onChange={(e) => setOwn((o) => ({ ...o, chat_id: e.target.value }))} error={problem?.at('chat_id')} />
      <ApproveLinks shared={shared} checked={approve ?? !shared} onChange={setApprove} />
      <Fault error={problem} fields={['bot_token', 'chat_id']} />
    </form>
  );
  // With the installation's bot the form is behind a line, and its button comes with it.
  const shown = !channels.isPending && (!configured || byOwn);
  return (
    <Dialog open dirty={own.bot_token.trim() !== '' || own.chat_id.trim() !== ''} onOpenChange={(open) => !open && onClose()} title="Telegram" description={configured ? 'A bot writes to you. It can do so once you have said hello to it.' : 'A bot of your own writes to you: this installation has none.'} footer={<><Button onClick={onClose}>Cancel</Button>{shown && <Button type="submit" form={form} variant="primary" busy={by.isPending} disabled={!complete}>Connect</Button>}</>}>
      {channels.isPending ? <Skeleton className="h-10 w-40" /> : !configured ? ownBot : (
        <div className="grid gap-5">
          {waiting ? (
            <div className="flex flex-wrap items-center gap-5">
              <Suspense fallback={<Skeleton className="size-46" />}><Qr text={waiting} label="The bot, to be opened on a telephone" /></Suspense>
              <div className="grid min-w-0 grow basis-48 gap-3 text-sm">
                <p>Open the bot and press “Start”. This page notices by itself.</p>
                <div><a href={waiting} target="_blank" rel="noreferrer noopener" className={buttonClass('primary')}><ExternalLink className="size-4" aria-hidden /> Open Telegram<span className="sr-only">, in a new tab</span></a></div>
                <p role="status" className="animate-breathe text-xs text-ink-3">Waiting for your hello…</p>
              </div>
            </div>
          ) : <div><Button variant="primary" busy={link.isPending} onClick={() => link.mutate()}>Get the link</Button></div>}
          <Fault error={link.error} />
          <Disclosure label="With a bot of your own" quiet className="text-sm" onToggle={setByOwn}><div className="mt-3">{ownBot}</div></Disclosure>
        </div>
      )}
    </Dialog>
  );
}
