import { api, take } from '@/shared/api/client';
import { asProblem, type Problem } from '@/shared/api/problem';
import { factorsQuery } from '@/shared/api/queries';
import type { Factors } from '@/shared/api/types';
import { copyText } from '@/shared/lib/clipboard';
import { shortDate } from '@/shared/lib/time';
import { toast } from '@/shared/lib/toast';
import { useScope } from '@/shared/lib/use-scope';
import { Button } from '@/shared/ui/button';
import { ConfirmDialog } from '@/shared/ui/confirm';
import { useConfirmSelf } from '@/shared/ui/confirm-self';
import { Dialog } from '@/shared/ui/dialog';
import { TextField } from '@/shared/ui/field';
import { Fault, Notice } from '@/shared/ui/note';
import { Section } from '@/shared/ui/section';
import { Skeleton } from '@/shared/ui/states';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Copy, Download, ShieldCheck } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';

const Qr = lazy(() => import('@/shared/ui/qr'));

interface Setup { secret: string; uri: string }

/** The authenticator app: set up by its picture, proved by a first code, and ten codes for the day the phone is lost. */
export function TwoFactor({ factors }: { factors: Factors }) {
  const client = useQueryClient();
  const { user } = useScope();
  const self = useConfirmSelf();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [setup, setSetup] = useState<Setup | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [ending, setEnding] = useState(false);
  const refresh = () => void client.invalidateQueries({ queryKey: factorsQuery.queryKey });
  const begin = () => self.run(() => take(api.POST('/api/v1/me/factors/totp', { body: {} })), setSetup, setProblem);
  const renew = () => self.run(
    () => take(api.POST('/api/v1/me/factors/recovery-codes', { body: {} })),
    (made) => {
      setCodes(made.recovery_codes);
      refresh();
    },
    setProblem,
  );
  const end = () => self.run(
    () => api.POST('/api/v1/me/factors/totp/remove', { body: {} }),
    () => {
      setEnding(false);
      refresh();
      toast('The second factor is off');
    },
    setProblem,
  );
  const on = Boolean(factors.totp_since);
  return (
    <Section
      title="Second factor"
      lead="A code of an app on your phone, asked for after the password. Whoever learns your password still stays outside."
      action={!on && <Button busy={self.busy} onClick={begin}>Set up</Button>}
    >
      <Fault error={problem} />
      {on && (
        <div className="grid gap-4">
          <p className="flex items-start gap-3"><ShieldCheck className="mt-0.5 size-5 shrink-0 text-good" aria-hidden /> <span>On since {factors.totp_since && shortDate(factors.totp_since, user.time_zone)}. {factors.recovery_codes === 0 ? 'No recovery codes are left.' : `${factors.recovery_codes} recovery ${factors.recovery_codes === 1 ? 'code is' : 'codes are'} left.`}</span></p>
          {factors.recovery_codes <= 3 && <Notice kind="warn">Make new recovery codes before you run out: without one, a lost phone locks you out.</Notice>}
          <div className="flex flex-wrap gap-2">
            <Button busy={self.busy} onClick={renew}>New recovery codes</Button>
            <Button variant="danger" onClick={() => setEnding(true)}>Turn off</Button>
          </div>
        </div>
      )}
      {self.dialog}
      {setup && (
        <SetUp
          setup={setup}
          onClose={() => setSetup(null)}
          onDone={(made) => {
            setSetup(null);
            setCodes(made);
            refresh();
          }}
        />
      )}
      {codes && <Codes codes={codes} onClose={() => setCodes(null)} />}
      {ending && !self.dialog && (
        <ConfirmDialog title="Turn the second factor off?" action="Turn off" busy={self.busy} onConfirm={end} onClose={() => setEnding(false)}>
          <p>The password alone is enough then. Your recovery codes become worthless.</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

function SetUp({ setup, onDone, onClose }: { setup: Setup; onDone: (codes: string[]) => void; onClose: () => void }) {
  const [code, setCode] = useState('');
  const confirm = useMutation({
    mutationFn: () => take(api.POST('/api/v1/me/factors/totp/confirm', { body: { code: code.replace(/\s+/g, '') } })),
    onSuccess: (made) => onDone(made.recovery_codes),
  });
  const problem = confirm.error ? asProblem(confirm.error) : null;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Set up the second factor">
      <form
        noValidate
        className="grid gap-6"
        onSubmit={(e) => {
          e.preventDefault();
          confirm.mutate();
        }}
      >
        <div className="flex flex-wrap items-center gap-6">
          <Suspense fallback={<Skeleton className="size-46" />}><Qr text={setup.uri} label="Picture for the authenticator app" /></Suspense>
          <div className="grid min-w-0 grow basis-48 content-start gap-2 text-sm text-ink-2">
            <p>Point your authenticator app at this picture.</p>
            <p>On the same device? <a href={setup.uri} className="text-link underline underline-offset-4">Open it in the app</a>, or type this in:</p>
            <code className="font-mono text-sm break-all text-ink select-all">{setup.secret.replace(/(.{4})/g, '$1 ').trim()}</code>
          </div>
        </div>
        <TextField label="Code that the app shows now" inputMode="numeric" autoComplete="one-time-code" maxLength={7} value={code} onChange={(e) => setCode(e.target.value)} error={problem?.at('code')} hint="Six digits. Nothing is guarded before it is right." className="font-mono tracking-[0.3em]" />
        <Fault error={problem} fields={['code']} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={confirm.isPending} disabled={code.replace(/\D/g, '').length < 6}>Turn on</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Codes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const [kept, setKept] = useState(false);
  const text = codes.join('\n');
  const save = () => {
    const url = URL.createObjectURL(new Blob([`Recovery codes of Bellwether (${window.location.host})\nEach works once, in place of the app.\n\n${text}\n`], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = 'bellwether-recovery-codes.txt';
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
    setKept(true);
  };
  return (
    <Dialog
      open
      held
      onOpenChange={onClose}
      title="Keep these codes"
      description="Each works once, in place of the app: for the day the phone is lost. They are shown this once. Earlier ones no longer work."
      footer={<Button variant="primary" disabled={!kept} onClick={onClose}>I have them</Button>}
    >
      <div className="grid gap-5">
        <ul aria-label="Recovery codes" className="grid grid-cols-2 gap-x-6 gap-y-2 rounded-md border border-brass bg-brass-soft p-4 font-mono text-sm">{codes.map((c) => <li key={c} className="select-all">{c}</li>)}</ul>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => void copyText(text).then((done) => {
            setKept(done);
            toast(done ? 'Copied' : 'The browser did not allow copying', { kind: done ? 'info' : 'error' });
          })}><Copy className="size-4" /> Copy</Button>
          <Button onClick={save}><Download className="size-4" /> Save as a file</Button>
          <Button variant="quiet" onClick={() => setKept(true)}>I wrote them down</Button>
        </div>
      </div>
    </Dialog>
  );
}
