import { api, take } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { instanceQuery, keys, providersQuery } from '@/shared/api/queries';
import type { Me, PendingSignIn } from '@/shared/api/types';
import { autofillWorks, calledOff, passkeyFault, passkeysWork, stopAsking, askPasskey } from '@/shared/lib/passkeys';
import { useStore } from '@/shared/lib/store';
import { fullTime } from '@/shared/lib/time';
import { useTitle } from '@/shared/lib/use-title';
import { Button } from '@/shared/ui/button';
import { TextField } from '@/shared/ui/field';
import { Fault, Notice } from '@/shared/ui/note';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { KeyRound, LogIn, MailCheck } from 'lucide-react';
import { useEffect, useState, type FormEvent } from 'react';
import { AuthPage, quiet } from './auth-page';
import { lost, sayLost } from './lost';
import { isPending, SecondStep } from './second-step';

const faults: Record<string, string> = {
  sign_up_closed: 'Nobody here has that account, and this installation lets in whom it invites.',
  external_denied: 'You said no over there. Nothing happened.',
  sign_in_to_link: 'Your address has an account here already: sign in the usual way, then link the other account in your settings.',
  account_suspended: 'This account is suspended. Ask whoever runs this Bellwether.',
};

/** `deleted` is until when an account that was just deleted can be brought back. */
export function SignIn({ onDone, next, deleted }: { onDone: (me: Me) => void; next: string | undefined; deleted?: string | undefined }) {
  useTitle('Sign in');
  // A provider that sent the person back without success says why behind the `#`.
  const [failed] = useState(() => faults[new URLSearchParams(window.location.hash.slice(1)).get('error') ?? ''] ?? (window.location.hash.includes('error=') ? 'Signing in over there did not work. Try again, or another way.' : undefined));
  const client = useQueryClient();
  const instance = useQuery(instanceQuery).data;
  const ways = useQuery(providersQuery).data;
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [pending, setPending] = useState<PendingSignIn | null>(null);
  const why = useStore(lost);
  const done = (me: Me) => {
    lost.set(null);
    client.setQueryData(keys.me, me);
    onDone(me);
  };
  const first = (answer: Me | PendingSignIn) => (isPending(answer) ? setPending(answer) : done(answer));
  const enter = useMutation({
    mutationFn: () => take<Me | PendingSignIn>(api.POST('/api/v1/auth/sign-in', { body: { email: email.trim(), password } })),
    onSuccess: first,
  });
  const mail = useMutation({
    mutationFn: () => api.POST('/api/v1/auth/magic-link', { body: { email: email.trim() } }),
  });
  const passkey = useMutation({
    mutationFn: async (autofill: boolean) => {
      const { ceremony, options } = await take(api.POST('/api/v1/auth/passkey/begin'));
      const credential = await askPasskey(options, autofill);
      return take(api.POST('/api/v1/auth/passkey', { body: { ceremony, credential } }));
    },
    onSuccess: done,
  });
  const outside = useMutation({
    mutationFn: (provider: string) => take(api.POST('/api/v1/auth/external/{provider}/begin', { params: { path: { provider } }, body: { return_to: next ?? '/' } })),
    // Another page altogether: the provider's.
    onSuccess: ({ url }) => window.location.assign(url),
  });
  // The browser offers a passkey in the field of the address, where it can: nothing is to be pressed then.
  const { mutate: ask } = passkey;
  useEffect(() => {
    let gone = false;
    void autofillWorks().then((works) => !gone && works && ask(true));
    return () => {
      gone = true;
      stopAsking();
    };
  }, [ask]);

  if (pending) return <SecondStep pending={pending} onDone={done} onBack={() => setPending(null)} />;
  if (mail.isSuccess) {
    return (
      <AuthPage title="Look into your mail" foot={<button type="button" className={quiet} onClick={() => mail.reset()}>Back to signing in</button>}>
        <p className="flex gap-3 text-ink-2"><MailCheck className="mt-0.5 size-5 shrink-0 text-brass-ink" aria-hidden /> <span>If <strong className="text-ink">{email.trim()}</strong> has an account here, a link is on its way. It works once, for a short while.</span></p>
      </AuthPage>
    );
  }
  const problem = asProblem(enter.error ?? mail.error);
  const shown = enter.error ?? mail.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mail.reset();
    enter.mutate();
  };
  const passkeyError = passkey.error && !passkey.variables && !calledOff(passkey.error) ? passkey.error : null;
  const providers = ways?.items ?? [];
  const passkeys = ways?.passkeys !== false && passkeysWork();
  const quick = providers.length > 0 || passkeys;
  return (
    <AuthPage title="Sign in" foot={<>New here? <Link to="/sign-up" className={quiet}>{instance && instance.sign_up !== 'open' ? 'See how to get in' : 'Make an account'}</Link></>}>
      {deleted && !Number.isNaN(Date.parse(deleted)) && <Notice kind="good" title="Your account is deleted">Until {fullTime(deleted)} the link in your mail brings it back, and so does signing in.</Notice>}
      {why && !failed && <div role="alert"><Notice kind="warn" title={sayLost(why).title}>{sayLost(why).words}</Notice></div>}
      {failed && <p role="alert" className="rounded-md bg-bad-soft px-4 py-3 text-sm text-bad">{failed}</p>}
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <TextField label="Email" type="email" autoComplete="username webauthn" required value={email} onChange={(e) => setEmail(e.target.value)} error={shown ? problem.at('email') : undefined} autoFocus />
        <TextField label="Password" type="password" autoComplete="current-password webauthn" required value={password} onChange={(e) => setPassword(e.target.value)} error={shown ? problem.at('password') : undefined} />
        <Fault error={shown} fields={['email', 'password']} />
        <Button type="submit" variant="primary" size="lg" busy={enter.isPending}>Sign in</Button>
        <div className="flex flex-wrap justify-between gap-x-4 gap-y-2">
          <Link to="/forgot-password" className={quiet}>Forgot the password?</Link>
          <button type="button" className={quiet} disabled={mail.isPending} onClick={() => mail.mutate()}>Mail me a link instead</button>
        </div>
      </form>
      {quick && (
        <div className="grid gap-3">
          <div className="flex items-center gap-4 text-xs text-ink-3"><span className="h-px grow bg-line" /> or <span className="h-px grow bg-line" /></div>
          {passkeys && (
            <Button
              size="lg"
              busy={passkey.isPending && !passkey.variables}
              onClick={() => {
                stopAsking();
                passkey.mutate(false);
              }}
            >
              <KeyRound className="size-4" /> Use a passkey
            </Button>
          )}
          {passkeyError && <p role="alert" className="text-sm text-bad">{passkeyError.name === 'Problem' ? asProblem(passkeyError).message : passkeyFault(passkeyError)}</p>}
          {providers.map((p) => (
            <Button key={p.id} size="lg" busy={outside.isPending && outside.variables === p.id} onClick={() => outside.mutate(p.id)}><LogIn className="size-4" aria-hidden /> Continue with {p.name}</Button>
          ))}
          <Fault error={outside.error} />
        </div>
      )}
    </AuthPage>
  );
}
