import { useState } from 'react';

/** The token of a mailed link stands after the `#`, which no server log and no referrer ever sees; it leaves the history at once. */
export function useLinkToken(): string {
  const [token] = useState(() => {
    const found = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';
    if (found) window.history.replaceState(window.history.state, '', window.location.pathname);
    return found;
  });
  return token;
}
