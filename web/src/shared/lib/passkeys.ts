import { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill, startAuthentication, startRegistration, WebAuthnAbortService } from '@simplewebauthn/browser';

type Options = Parameters<typeof startAuthentication>[0]['optionsJSON'];
type Creation = Parameters<typeof startRegistration>[0]['optionsJSON'];

/** The server wraps its options as `navigator.credentials` takes them. */
const inside = (options: unknown): unknown => (options as { publicKey?: unknown }).publicKey ?? options;

export const passkeysWork = (): boolean => window.isSecureContext && browserSupportsWebAuthn();
export const autofillWorks = async (): Promise<boolean> => window.isSecureContext && browserSupportsWebAuthnAutofill();
export const stopAsking = (): void => WebAuthnAbortService.cancelCeremony();

export async function askPasskey(options: unknown, autofill = false): Promise<Record<string, never>> {
  return (await startAuthentication({ optionsJSON: inside(options) as Options, useBrowserAutofill: autofill })) as unknown as Record<string, never>;
}
export async function makePasskey(options: unknown): Promise<Record<string, never>> {
  return (await startRegistration({ optionsJSON: inside(options) as Creation })) as unknown as Record<string, never>;
}

/** Did the person, or another question, put an end to it? Then there is nothing to say. */
export function calledOff(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  return name === 'NotAllowedError' || name === 'AbortError';
}
export function passkeyFault(error: unknown): string {
  if (error instanceof Error && error.name === 'InvalidStateError') return 'This device has a passkey for you already.';
  return 'The passkey could not be used here. Try again, or another way.';
}
