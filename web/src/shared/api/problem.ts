export interface LocatedError { path: string; code: string; message: string }

/** An RFC 9457 answer of the server, or the lack of any answer (`status` 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors: LocatedError[] = [],
    readonly requestId: string | null = null,
  ) {
    super(message);
    this.name = 'Problem';
  }

  /** The message for one field of the request, or for what lies beneath it. */
  at(path: string): string | undefined {
    const wanted = path.replaceAll('.', '/');
    const found = this.errors.find((e) => {
      const here = e.path.replaceAll('.', '/').replace(/^\//, '').replace(/\[(\d+)\]/g, '/$1');
      return here === wanted || here.startsWith(`${wanted}/`);
    });
    return found?.message;
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const requestId = response.headers.get('x-request-id');
  try {
    const body: unknown = await response.clone().json();
    if (body !== null && typeof body === 'object') {
      const it = body as { code?: string; title?: string; detail?: string; errors?: LocatedError[]; request_id?: string };
      return new Problem(
        response.status,
        it.code ?? 'unknown',
        // The server's words are for programs: whoever sits at a page has been signed out of it.
        response.status === 401 && it.code === 'unauthenticated' ? 'You were signed out. Sign in again, then try once more.' : (it.detail ?? it.title ?? response.statusText),
        it.errors ?? [],
        it.request_id ?? requestId,
      );
    }
  } catch {
    // Not JSON: a proxy in between answered. The status is all there is to say.
  }
  return new Problem(response.status, 'unknown', `The server answered ${response.status}.`, [], requestId);
}

/** What was asked for is not there, or is nothing that could be: asking again is of no use. */
export const isGone = (error: unknown): boolean => [400, 404].includes(asProblem(error).status);
/** Whether the server understood and will not: what stands in the address fits nothing, and asking again can't help. */
export const isRefused = (error: unknown): boolean => isGone(error) || asProblem(error).status === 422;

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) return new Problem(0, 'offline', 'The server could not be reached. Check your connection and try again.');
  return new Problem(0, 'unexpected', error instanceof Error ? error.message : 'Something unexpected happened.');
}
