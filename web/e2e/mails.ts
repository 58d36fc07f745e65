import type { BrowserContext } from 'playwright-core';
import { expect } from 'vitest';
import { openPage } from './helpers';
import type { Program } from './program';

/** The person who runs a program of its own, by the one-time link that it printed. */
export async function operatorOf(program: Program): Promise<{ context: BrowserContext; page: Awaited<ReturnType<typeof openPage>>['page']; complaints: string[] }> {
  const opened = await openPage({ baseURL: program.url });
  await opened.page.goto(program.link);
  await opened.page.waitForURL(/\/today$/);
  return opened;
}

/** Without a mail server the mails stay in the outbox: the link in the latest one to somebody that leads to `path`. */
export async function mailedLink(operator: BrowserContext, to: string, path: string): Promise<string> {
  let link = '';
  await expect.poll(async () => {
    const list = (await (await operator.request.get('/api/v1/admin/mails?limit=100')).json()) as { items: { id: string; to: string }[] };
    for (const { id } of list.items.filter((m) => m.to === to)) {
      const { text } = (await (await operator.request.get(`/api/v1/admin/mails/${id}`)).json()) as { text?: string | null };
      link = text?.match(new RegExp(`https?://\\S+${path}#token=[\\w-]+`))?.[0] ?? '';
      if (link) return link;
    }
    return '';
  }, { timeout: 30_000, message: `a mail to ${to} with a link to ${path}` }).not.toBe('');
  return link;
}
