import '@/shared/tokens.css';
import { Problem } from '@/shared/api/problem';
import { keys } from '@/shared/api/queries';
import { watchSession } from '@/shared/api/signed-out';
import { followSystemTheme } from '@/shared/lib/theme';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeRouter } from './routes/router';

followSystemTheme();
// A newer program answers than the one this page was loaded from: its parts have other names.
window.addEventListener('vite:preloadError', () => window.location.reload());

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the client did wrong will be wrong again; a server that is starting will not.
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
      retryDelay: (count) => 300 * 2 ** count,
    },
  },
});
// Before anybody is known here, the router sends them to sign in.
watchSession(() => client.getQueryData(keys.me) !== undefined && !window.location.pathname.startsWith('/sign-'));
const router = makeRouter(client);

const place = document.getElementById('root');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
