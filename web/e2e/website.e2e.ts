import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, openPage, withBrowser } from './helpers';
import { startProgram, type Program } from './program';

withBrowser();

const page = (title: string, body: string) => `<!doctype html><html lang="en"><head><title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
const pages: Record<string, string> = {
  '/': `<!doctype html><html lang="en"><head><title>Oak &amp; Hand</title><meta name="description" content="A furniture workshop in Leipzig that builds desks from one tree.">
    <script type="application/ld+json">{"@type":"FurnitureStore","name":"Oak & Hand","address":{"@type":"PostalAddress","addressLocality":"Leipzig"}}</script></head>
    <body><main><h1>Desks from one tree</h1><p>We are a family-run workshop that builds writing desks from local oak. Every desk is planed and oiled by hand.</p>
    <p><a href="/about">About</a> <a href="/pricing">Prices</a> <a href="/gone">Contact</a> <a class="btn" href="/order">Order a desk</a></p></main></body></html>`,
  '/about': page('About', '<p>Our desks are made for people who work at home and have little room. We have planed local oak since 1987.</p>'),
  '/pricing': page('Prices', '<h2>Standing desk</h2><p>One board, two legs, forty years. € 1.450,00 including delivery.</p>'),
};

let site: Server;
let address: string;
let program: Program | undefined;
beforeAll(async () => {
  site = createServer((request, answer) => {
    const found = pages[request.url ?? ''];
    answer.writeHead(found ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' }).end(found ?? 'no');
  });
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  program = await startProgram('[fetch]\nallow_private = ["127.0.0.0/8"]\npause_ms = 0\n');
});
afterAll(async () => {
  await program?.stop();
  await new Promise((done) => site.close(done));
});

it('drafts the profile from a website, which is chosen, changed and accepted, and read again', async () => {
  if (!program) throw new Error('not started');
  const { page, complaints } = await openPage({ baseURL: program.url });
  await page.goto('/sign-up');
  await page.getByLabel('Your name').fill('Ada Winter');
  await page.getByLabel('Email').fill('website@example.com');
  await page.getByLabel('Password').fill('a lighthouse at four');
  await page.getByLabel('Name you publish under').fill('Oak and Hand');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.waitForURL(/\/today$/);
  await page.goto(new URL(page.url()).pathname.replace('/today', '/brand/website'));
  const field = page.getByLabel('Address of the website');
  await field.waitFor();
  await expectAccessible(page, 'a website not read yet');

  await field.fill('ftp://example.org');
  await page.getByRole('button', { name: 'Read it' }).click();
  await page.getByText('Only http and https addresses can be read').waitFor();
  await field.fill(address);
  await page.getByRole('button', { name: 'Read it' }).click();

  const business = page.getByRole('region', { name: 'Business' });
  await business.getByText('A furniture workshop in Leipzig that builds desks from one tree.').first().waitFor();
  await expectAccessible(page, 'what a website says');
  // a value is changed and accepted alone
  await page.getByRole('button', { name: 'Change Kind of business: furniture store' }).click();
  await page.getByRole('textbox', { name: 'Kind of business, changed' }).fill('Furniture workshop');
  await page.getByRole('button', { name: 'Accept Kind of business' }).click();
  await page.getByText('It is in the profile now').waitFor();
  // what the profile says by now is not overwritten unless it is chosen
  await expect.poll(() => page.getByRole('button', { name: 'Accept Kind of business' }).isDisabled()).toBe(true);
  // all that is left at once
  await page.getByRole('button', { name: /^Accept all/ }).click();
  await page.getByText(/fields are in the profile now/).waitFor();
  await page.getByText(/^3 of \d+ pages were read$/).click();
  await page.getByText(/there is no such page/).first().waitFor();

  const { pathname } = new URL(page.url());
  await page.goto(pathname.replace('/website', '/profile'));
  await page.getByText('Furniture workshop', { exact: true }).waitFor();
  await page.goto(pathname.replace('/website', '/offers'));
  await page.getByText('Standing desk').first().waitFor();

  pages['/about'] = pages['/about']?.replace('people who work at home and have little room', 'offices that want to last') ?? '';
  await page.goto(pathname);
  await page.getByRole('button', { name: 'Read it again' }).click();
  await page.getByText('Changed since the reading before').waitFor();
  await page.getByRole('list', { name: 'Changes' }).getByText('About').first().waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page, 'what changed on a website');
  await expectAccessible(page, 'what changed on a website, on a phone');
  expect(complaints).toEqual([]);
});
