import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, loaded, phone, send, signUp, tabTo, withBrowser, type Desk } from './helpers';

withBrowser();

async function agencyDesk(): Promise<Desk> {
  const desk = await signUp();
  const org = `/api/v1/organizations/${desk.home.split('/')[1]}`;
  const { version } = (await (await desk.context.request.get(org)).json()) as { version: number };
  await send(desk, 'PATCH', org, { type: 'agency' }, { 'if-match': `"${version}"` });
  return desk;
}

describe('an agency and its client', () => {
  it('asks, is let in for less than it asked, works there marked as an agency, and is ended by the client', async () => {
    const agency = await agencyDesk();
    // The client decides on a phone.
    const client = await signUp(phone);
    const slug = client.home.split('/')[1] ?? '';
    const { page } = agency;
    await page.goto(`${agency.home}/settings/clients`);
    await tabTo(page, page.getByRole('button', { name: 'Link a client' }));
    await page.keyboard.press('Enter');
    const asking = page.getByRole('dialog', { name: 'Link a client' });
    await tabTo(page, asking.getByLabel('Their address'));
    await page.keyboard.type(slug);
    await page.keyboard.press('Enter');
    const mine = page.getByRole('list', { name: 'Clients' }).getByRole('listitem');
    await mine.getByText('Asked').waitFor();
    // Nothing is open before they say yes.
    expect((await agency.context.request.get(`${client.api}/posts`)).status()).toBe(404);

    await client.page.goto(`${client.home}/settings/agencies`);
    const theirs = client.page.getByRole('list', { name: 'Agencies' }).getByRole('listitem');
    await expectNoSidewaysScroll(client.page, 'an agency that asks');
    await theirs.getByRole('button', { name: 'See and let in' }).tap();
    const dialog = client.page.getByRole('dialog');
    await dialog.getByRole('checkbox', { name: /^Approve and reject/ }).tap();
    await expectNoSidewaysScroll(client.page, 'what an agency may');
    await expectAccessible(client.page, 'what an agency may');
    await dialog.getByRole('button', { name: 'Let them in' }).tap();
    await theirs.getByText(/^works here since/).waitFor();
    await expectAccessible(client.page, 'the agencies of a client');

    await page.reload();
    await mine.getByText('Working').waitFor();
    await mine.getByRole('link', { name: 'Work there' }).click();
    await page.waitForURL(new RegExp(`/${slug}/.*/today$`));
    await page.getByText(/^You work for Harbour/).waitFor();
    await loaded(page);
    await expectAccessible(page, 'working for a client');
    expect((await agency.context.request.get(`${client.api}/posts`)).status()).toBe(200);

    await theirs.getByRole('button', { name: 'End', exact: true }).tap();
    await client.page.getByRole('dialog').getByRole('button', { name: 'End it' }).tap();
    await client.page.getByRole('heading', { name: 'Nobody works for you' }).waitFor();
    expect((await agency.context.request.get(`${client.api}/posts`)).status()).toBe(404);
    await page.goto(`${client.home}/today`);
    await page.getByRole('heading', { name: 'Nothing lies here' }).waitFor();
    await page.goto(`${agency.home}/settings/clients?all=true`);
    await mine.getByText(/^ended .* by the client$/).waitFor();
    expect([...client.complaints, ...agency.complaints]).toEqual([]);
  });

  it('takes a request back before it is answered', async () => {
    const [agency, client] = [await agencyDesk(), await signUp()];
    await send(agency, 'POST', `/api/v1/organizations/${agency.home.split('/')[1]}/clients`, { organization: client.home.split('/')[1] });
    await agency.page.goto(`${agency.home}/settings/clients`);
    await agency.page.getByRole('button', { name: /^More for/ }).click();
    await agency.page.getByRole('menuitem', { name: 'Take the request back' }).click();
    await agency.page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await agency.page.getByRole('heading', { name: 'No clients yet' }).waitFor();
    await client.page.goto(`${client.home}/settings/agencies`);
    await client.page.getByRole('heading', { name: 'Nobody works for you' }).waitFor();
    expect([...client.complaints, ...agency.complaints]).toEqual([]);
  });

  it('sees its clients also when its kind is another by now', async () => {
    const [agency, client] = [await agencyDesk(), await signUp()];
    const { page } = agency;
    await send(agency, 'POST', `/api/v1/organizations/${agency.home.split('/')[1]}/clients`, { organization: client.home.split('/')[1] });
    // the program refuses to change it while there are links; older data has such organizations
    await page.route('**/api/v1/me', async (route) => {
      const answer = await route.fetch();
      const me = (await answer.json()) as { organizations: { type: string }[] };
      for (const organization of me.organizations) organization.type = 'business';
      await route.fulfill({ response: answer, json: me });
    });
    await page.goto(`${agency.home}/settings/profile`);
    await page.getByRole('link', { name: 'Clients', exact: true }).click();
    await page.getByText(/is no agency any more/).waitFor();
    await page.getByRole('list', { name: 'Clients' }).getByText('Asked').waitFor();
    expect(await page.getByRole('button', { name: 'Link a client' }).count()).toBe(0);
    await expectAccessible(page, 'clients of what is no agency any more');
    await page.getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name: 'Take the request back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByText(/^Agencies work for clients/).waitFor();
    expect([...client.complaints, ...agency.complaints]).toEqual([]);
  });
});
