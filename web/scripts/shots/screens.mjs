// Every screen and state that is worth a look. `as` is who looks; `before` sets the page up, `act` does something on it.
import { article } from './data.mjs';

const dialog = (p) => p.getByRole('dialog').waitFor();
const click = (name) => async (p) => p.getByRole('button', { name, exact: typeof name === 'string' }).first().click();
const opens = (name) => async (p) => {
  await click(name)(p);
  await dialog(p);
};
const problem = (status, code, detail) => ({ status, contentType: 'application/problem+json', body: JSON.stringify({ status, code, detail, request_id: '0198f2c4-5d1e' }) });
const failing = (part) => (p) => p.route(part, (r) => r.fulfill(problem(503, 'unavailable', 'The database does not answer. Try again in a moment.')));
const demands = (code) => (p) => p.route('**/api/v1/me/export', (r) => r.fulfill(problem(403, code, 'Confirm that it is you.')));
const plan = (item) => async (p) => {
  await click('More of the plan')(p);
  await p.getByRole('menuitem', { name: item }).click();
};
const planDialog = (item) => async (p) => {
  await plan(item)(p);
  await dialog(p);
};
/** The first of the list, opened. */
const firstTrend = async (p) => {
  await p.getByRole('list', { name: 'Trends' }).getByRole('link').first().click();
  await p.getByRole('heading', { name: 'Why it is a trend' }).waitFor();
};
const door = (mode) => (p) => p.route('**/api/v1/instance', (r) => r.fulfill({ json: { sign_up: mode, version: '0.1.0' } }));

/** A generation as it looks halfway. */
async function halfway(p) {
  await p.route('**/api/v1/organizations/*/brands/*/generations/gen*', async (r) => {
    if (new URL(r.request().url()).pathname.endsWith('/input')) return r.continue();
    const made = await (await r.fetch()).json();
    const outputs = made.outputs.map((o, i) => (i < 3 ? o : { ...o, status: i < 6 ? 'running' : 'pending', post_id: null }));
    return r.fulfill({ json: { ...made, status: 'running', completed_at: null, outputs } });
  });
  await p.route('**/posts?*', async (r) => {
    const page = await (await r.fetch()).json();
    return r.fulfill({ json: { ...page, items: page.items.slice(0, 3) } });
  });
}

export function screens({ home, studio, of, fresh, agency, client, guarded, press, life, review, library, invitation }) {
  const x = of('x.post');
  const onPost = (key) => async (p) => {
    await p.keyboard.press(key);
    await dialog(p);
    await p.waitForTimeout(500);
  };
  const settings = (section) => `${home}/settings/${section}`;
  return [
    { name: 'today', path: `${home}/today` },
    { name: 'today-first', path: `${fresh.home}/today`, as: 'fresh' },
    { name: 'today-error', path: `${home}/today`, act: (p) => p.getByRole('alert').waitFor(), before: failing('**/api/**/today') },
    { name: 'studio', path: `${home}/studio` },
    { name: 'studio-first', path: `${fresh.home}/studio`, as: 'fresh', full: true },
    { name: 'studio-history', path: `${home}/studio`, full: true },
    { name: 'studio-filled', path: `${home}/studio`, act: async (p) => p.getByRole('textbox', { name: 'Text, or a link' }).fill(article.slice(0, 700)) },
    { name: 'drafts', path: studio },
    { name: 'drafts-running', path: studio, before: halfway },
    { name: 'drafts-all', path: studio, full: true },
    { name: 'drafts-article', path: `${studio}?post=${of('blog.article')}` },
    { name: 'drafts-over-limit', path: `${studio}?post=${x}`, act: async (p) => {
      const field = p.locator(`[data-post="${x}"] textarea`).first();
      await field.fill(`${await field.inputValue()} ${'And one more thing that nobody asked for. '.repeat(8)}`);
      await p.waitForTimeout(1200);
    } },
    { name: 'versions', path: `${studio}?post=${x}`, act: onPost('v') },
    { name: 'compare', path: `${studio}?post=${x}`, act: onPost('d') },
    { name: 'regenerate', path: `${studio}?post=${x}`, act: onPost('r') },
    { name: 'library', path: `${home}/library` },
    { name: 'library-first', path: `${fresh.home}/library`, as: 'fresh' },
    { name: 'library-detail', path: `${home}/library?post=${of('linkedin.long')}` },
    { name: 'library-bulk', path: `${home}/library?status=pending`, act: async (p) => {
      const more = p.getByRole('button', { name: 'Select', exact: true });
      if (await more.isVisible()) await more.click();
      for (const i of [0, 1, 2]) await p.getByRole('checkbox').nth(i).click({ force: true });
    } },
    { name: 'library-nothing', path: `${home}/library?q=zzzznothing` },
    { name: 'error', path: `${home}/library`, act: (p) => p.getByRole('alert').waitFor(), before: failing('**/posts?*') },
    { name: 'loading', path: `${home}/library`, before: (p) => p.route('**/posts?*', () => undefined) },
    { name: 'palette', path: `${home}/library`, act: async (p) => {
      await p.keyboard.press('Control+k');
      await dialog(p);
      await p.keyboard.type('light');
      await p.waitForTimeout(600);
    } },
    { name: 'shortcuts', path: `${home}/today`, act: async (p) => {
      await p.keyboard.press('?');
      await dialog(p);
    } },
    { name: 'switcher', path: `${home}/today`, act: click(/: switch$/) },
    { name: 'bell', path: `${press.home}/today`, as: 'press', act: async (p) => {
      await p.getByRole('button', { name: /^Notifications/ }).click();
      await dialog(p);
      await p.waitForTimeout(500);
    } },
    { name: 'bell-first', path: `${fresh.home}/today`, as: 'fresh', act: opens('Notifications') },
    { name: 'settings-notifications', path: settings('notifications'), full: true },
    { name: 'account-menu', path: `${home}/today`, act: click(/^Account of/) },
    { name: 'toast', path: `${fresh.home}/today`, as: 'fresh', before: (p) => p.route('**/onboarding', (r) => (r.request().method() === 'GET' ? r.continue() : r.fulfill(problem(503, 'unavailable', 'The database does not answer.')))), act: click(/^Skip/) },
    { name: 'not-found', path: `${home}/nowhere` },
    { name: 'brand-profile', path: `${home}/brand/profile`, full: true },
    { name: 'brand-profile-first', path: `${fresh.home}/brand/profile`, as: 'fresh' },
    { name: 'brand-profile-edit', path: `${home}/brand/profile`, act: click('Edit posts') },
    { name: 'brand-profile-error', path: `${home}/brand/profile`, act: (p) => p.getByRole('alert').waitFor(), before: failing('**/brands/*/profile') },
    { name: 'brand-audiences', path: `${home}/brand/audiences` },
    { name: 'brand-audiences-first', path: `${fresh.home}/brand/audiences`, as: 'fresh' },
    { name: 'brand-audience-new', path: `${home}/brand/audiences`, act: opens('New audience') },
    { name: 'brand-pillars', path: `${home}/brand/pillars` },
    { name: 'brand-pillars-first', path: `${fresh.home}/brand/pillars`, as: 'fresh' },
    { name: 'brand-hooks', path: `${home}/brand/hooks` },
    { name: 'brand-hooks-first', path: `${fresh.home}/brand/hooks`, as: 'fresh' },
    { name: 'brand-offers', path: `${home}/brand/offers`, full: true },
    { name: 'brand-offers-first', path: `${fresh.home}/brand/offers`, as: 'fresh' },
    { name: 'brand-website', path: `${home}/brand/website` },
    { name: 'brand-offer-new', path: `${home}/brand/offers`, act: opens('New offer') },
    { name: 'brand-offer-evidence', path: `${home}/brand/offers`, act: async (p) => {
      await p.getByRole('button', { name: /^Where “.*” is from$/ }).first().click();
      await dialog(p);
    } },
    { name: 'brand-knowledge', path: `${home}/brand/knowledge` },
    { name: 'brand-knowledge-first', path: `${fresh.home}/brand/knowledge`, as: 'fresh' },
    { name: 'brand-knowledge-new', path: `${home}/brand/knowledge`, act: opens('New snippet') },
    { name: 'voice', path: `${home}/brand/voice`, full: true },
    { name: 'voice-first', path: `${fresh.home}/brand/voice`, as: 'fresh' },
    { name: 'voice-few', path: `${agency.home}/brand/voice`, as: 'agency' },
    { name: 'voice-try', path: `${home}/brand/voice`, full: true, act: async (p) => {
      await p.getByLabel('A text to try').fill('We are thrilled to announce our new collection! It has been an incredible journey, and we could not have done it without the amazing support of our passionate community of customers.');
      await p.getByRole('meter', { name: 'Voice match' }).waitFor();
    } },
    { name: 'voice-samples', path: `${home}/brand/voice?show=samples`, full: true },
    { name: 'voice-import', path: `${home}/brand/voice?show=samples`, act: opens('Add samples') },
    { name: 'voice-guide', path: `${home}/brand/voice?show=guide`, full: true },
    { name: 'voice-guide-table', path: `${home}/brand/voice?show=guide`, full: true, act: async (p) => p.getByRole('radio', { name: 'Table' }).click() },
    { name: 'voice-versions', path: `${home}/brand/voice?show=versions` },
    { name: 'drafts-voice', path: `${studio}?post=${of('linkedin.long')}`, act: async (p) => {
      await p.locator(`[data-post="${of('linkedin.long')}"]`).getByRole('button', { name: /^Voice match/ }).click();
      await dialog(p);
      await p.waitForTimeout(800);
    } },
    { name: 'calendar', path: `${press.home}/calendar`, as: 'press' },
    { name: 'calendar-month', path: `${press.home}/calendar?view=month`, as: 'press' },
    { name: 'calendar-week', path: `${press.home}/calendar?view=week&date=${life.day(3)}`, as: 'press' },
    { name: 'calendar-list', path: `${press.home}/calendar?view=list`, as: 'press' },
    { name: 'calendar-panel', path: `${press.home}/calendar?view=month&item=${life.next}`, as: 'press' },
    { name: 'calendar-first', path: `${fresh.home}/calendar?view=list`, as: 'fresh' },
    { name: 'calendar-error', path: `${home}/calendar`, act: (p) => p.getByRole('alert').waitFor(), before: failing('**/calendar?*') },
    { name: 'calendar-plan', path: `${press.home}/calendar?view=month`, as: 'press', act: async (p) => {
      await p.keyboard.press('n');
      await dialog(p);
      await p.waitForTimeout(500);
    } },
    { name: 'calendar-several', path: `${press.home}/calendar?view=list`, as: 'press', act: async (p) => {
      await plan('Select several')(p);
      const boxes = p.getByRole('list', { name: 'Publications by day' }).getByRole('checkbox');
      for (let i = 0; i < 3; i++) await boxes.nth(i).click();
    } },
    { name: 'calendar-import', path: `${press.home}/calendar?view=list`, as: 'press', act: planDialog('Import') },
    { name: 'calendar-import-report', path: `${press.home}/calendar?view=list`, as: 'press', act: async (p) => {
      await planDialog('Import')(p);
      await p.getByLabel(/^Or paste rows/).fill(`target;connection;local_time;text;mood\nsandbox;;${life.day(3)} 09:00;First, with a comma;good\nsandbox;;the day after;Second;bad\nnowhere;;;Third;bad\nx;@nobody;queue;Fourth;bad\nsandbox;;;A draft;good\n`);
      await click('Check it')(p);
      await p.getByText(/rows can be imported/).waitFor();
    } },
    { name: 'calendar-export', path: `${press.home}/calendar?view=list`, as: 'press', act: planDialog('Export') },
    { name: 'calendar-feed', path: `${press.home}/calendar?view=list`, as: 'press', act: async (p) => {
      await planDialog('In your own calendar')(p);
      await p.getByLabel('For whom or what').fill('My phone');
      await p.keyboard.press('Enter');
      await p.locator('code').first().waitFor();
    } },
    { name: 'recurring', path: `${press.home}/recurring`, as: 'press' },
    { name: 'recurring-panel', path: `${press.home}/recurring?item=${life.recurrence}`, as: 'press' },
    { name: 'recurring-make', path: `${press.home}/recurring?make=repetition`, as: 'press', act: dialog },
    { name: 'recurring-rotation', path: `${press.home}/recurring?make=rotation`, as: 'press', act: dialog },
    { name: 'recurring-first', path: `${fresh.home}/recurring`, as: 'fresh' },
    { name: 'today-publishing', path: `${press.home}/today`, as: 'press' },
    { name: 'queue', path: `${press.home}/queue`, as: 'press', full: true },
    { name: 'queue-out', path: `${press.home}/queue?item=${life.out}`, as: 'press' },
    { name: 'queue-held', path: `${press.home}/queue?item=${life.held}`, as: 'press' },
    { name: 'queue-first', path: `${fresh.home}/queue`, as: 'fresh' },
    { name: 'queue-pause', path: `${press.home}/queue?pauses=true`, as: 'press', act: dialog },
    { name: 'queue-pause-first', path: `${home}/queue?pauses=true`, act: dialog },
    { name: 'finish', path: `${press.home}/library?post=${life.of('facebook.post')}`, as: 'press', act: opens('Schedule') },
    { name: 'connections', path: `${press.home}/brand/connections`, as: 'press', full: true },
    { name: 'connections-first', path: `${fresh.home}/brand/connections`, as: 'fresh' },
    { name: 'connections-setup', path: `${home}/brand/connections?setup=linkedin`, act: dialog },
    { name: 'approvals', path: `${press.home}/brand/approvals`, as: 'press', full: true },
    { name: 'approvals-first', path: `${fresh.home}/brand/approvals`, as: 'fresh' },
    { name: 'approvals-rule', path: `${press.home}/brand/approvals`, as: 'press', act: opens('New rule') },
    { name: 'approvals-link', path: `${press.home}/brand/approvals`, as: 'press', act: opens('New link') },
    { name: 'draft-review', path: `${press.home}/library?post=${review.changed}`, as: 'press', full: true },
    { name: 'draft-ask', path: `${press.home}/library?post=${review.changed}`, as: 'press', act: opens('Ask for review') },
    { name: 'client-review', path: review.path, as: 'nobody', full: true },
    { name: 'client-review-gone', path: '/review/nothing', as: 'nobody' },
    { name: 'trends', path: `${home}/trends`, full: true },
    { name: 'trends-open', path: `${home}/trends`, act: firstTrend },
    { name: 'trends-whole', path: `${home}/trends`, full: true, act: async (p) => {
      await firstTrend(p);
      await p.getByText('The numbers behind it').click();
    } },
    { name: 'trends-draft', path: `${home}/trends`, act: async (p) => {
      await firstTrend(p);
      await p.keyboard.press('d');
      await dialog(p);
    } },
    { name: 'trends-over', path: `${home}/trends?state=expired` },
    { name: 'trends-dismissed', path: `${home}/trends?state=dismissed` },
    { name: 'trends-nothing', path: `${home}/trends?q=zzzznothing` },
    { name: 'trends-first', path: `${fresh.home}/trends`, as: 'fresh' },
    { name: 'trends-error', path: `${home}/trends`, act: (p) => p.getByRole('alert').first().waitFor(), before: failing('**/trends?*') },
    { name: 'trends-loading', path: `${home}/trends`, before: (p) => p.route('**/trends?*', () => undefined) },
    { name: 'sources', path: `${home}/sources`, full: true },
    { name: 'sources-first', path: `${fresh.home}/sources`, as: 'fresh' },
    { name: 'sources-add', path: `${home}/sources?open=add`, act: dialog },
    { name: 'sources-import', path: `${home}/sources?open=import`, act: dialog },
    { name: 'sources-error', path: `${home}/sources`, act: (p) => p.getByRole('alert').waitFor(), before: failing('**/sources?*') },
    { name: 'reader', path: `${home}/reader` },
    { name: 'reader-saved', path: `${home}/reader?show=saved` },
    { name: 'reader-unread-open', path: `${home}/reader?show=unread`, act: async (p) => {
      await p.keyboard.press('j');
      await p.keyboard.press('Enter');
      await p.getByRole('button', { name: /^Saved? for later$/ }).waitFor();
    } },
    { name: 'reader-search', path: `${home}/reader?q=light` },
    { name: 'reader-sources', path: `${home}/reader`, act: async (p) => {
      await click('All sources')(p);
      await p.getByPlaceholder(/^Search \d+ source/).waitFor();
    } },
    { name: 'reader-first', path: `${fresh.home}/reader`, as: 'fresh' },
    { name: 'reader-feed-new', path: `${home}/reader?edit=new`, act: dialog },
    { name: 'reader-error', path: `${home}/reader`, act: (p) => p.getByRole('alert').waitFor(), before: failing('**/items?*') },
    { name: 'media', path: `${press.home}/media`, as: 'press' },
    { name: 'media-first', path: `${fresh.home}/media`, as: 'fresh' },
    { name: 'media-file', path: `${press.home}/media?item=${library.first}`, as: 'press', full: true },
    { name: 'media-error', path: `${press.home}/media`, as: 'press', act: (p) => p.getByRole('alert').waitFor(), before: failing('**/media?*') },
    { name: 'brand-cards', path: `${press.home}/brand/cards`, as: 'press', full: true },
    { name: 'card-make', path: `${press.home}/media`, as: 'press', act: async (p) => {
      await opens('Make a card')(p);
      await p.getByLabel('The words').fill('Three lines, no adjectives. A keeper wrote for the captain who would pass at four in the morning.');
    } },
    { name: 'draft-card', path: `${press.home}/library?post=${library.post}`, as: 'press', act: opens('Make a card') },
    { name: 'draft-slides', path: `${home}/library?post=${of('linkedin.carousel')}`, act: opens('Make the PDF') },
    { name: 'draft-media', path: `${press.home}/library?post=${library.post}`, as: 'press', full: true },
    { name: 'draft-media-pick', path: `${press.home}/library?post=${library.post}`, as: 'press', act: opens('Add media') },
    { name: 'queue-times', path: `${press.home}/brand/queue-times`, as: 'press', full: true },
    { name: 'sandbox', path: `${press.home}/sandbox`, as: 'press' },
    { name: 'sandbox-first', path: `${fresh.home}/sandbox`, as: 'fresh' },
    { name: 'brand-hook-new', path: `${home}/brand/hooks`, act: opens('New hook') },
    { name: 'settings-profile', path: settings('profile') },
    { name: 'settings-morning', path: settings('morning'), full: true },
    { name: 'settings-morning-window', path: `${settings('morning')}?width=desktop&look=dark` },
    { name: 'settings-morning-first', path: `${fresh.home}/settings/morning`, as: 'fresh' },
    { name: 'settings-morning-history', path: `${settings('morning')}?show=history` },
    { name: 'settings-morning-history-first', path: `${fresh.home}/settings/morning?show=history`, as: 'fresh' },
    ...['push', 'slack', 'telegram', 'whatsapp'].map((kind) => ({ name: `settings-morning-${kind}`, path: `${settings('morning')}?connect=${kind}`, act: dialog })),
    { name: 'settings-morning-error', path: settings('morning'), act: (p) => p.getByRole('alert').first().waitFor(), before: failing('**/notification-preferences') },
    { name: 'settings-security', path: settings('security') },
    { name: 'settings-security-on', path: `${guarded.home}/settings/security`, as: 'guarded' },
    { name: 'settings-again', path: `${guarded.home}/settings/data`, as: 'guarded', before: demands('confirmation_needed'), act: opens('Download') },
    { name: 'settings-second', path: `${guarded.home}/settings/data`, as: 'guarded', before: demands('second_factor_needed'), act: opens('Download') },
    { name: 'settings-second-factor', path: `${fresh.home}/settings/security`, as: 'fresh', act: opens('Set up') },
    { name: 'settings-sessions', path: settings('sessions') },
    { name: 'settings-activity', path: settings('activity') },
    { name: 'settings-data', path: settings('data') },
    { name: 'settings-data-delete', path: settings('data'), act: opens('Delete my account') },
    { name: 'settings-organization', path: settings('organization'), full: true },
    { name: 'settings-brands', path: settings('brands'), full: true },
    { name: 'settings-members', path: settings('members') },
    { name: 'settings-members-matrix', path: settings('members'), act: opens('What each role may') },
    { name: 'settings-member', path: settings('members'), act: async (p) => {
      await p.getByRole('list', { name: 'Members' }).getByRole('button', { name: /^(?!More|Ines)/ }).first().click();
      await dialog(p);
      await p.getByText('Single permissions').click();
      await p.waitForTimeout(300);
    } },
    { name: 'settings-invite', path: settings('members'), act: opens('Invite') },
    { name: 'settings-invite-link', path: `${fresh.home}/settings/members`, as: 'fresh', act: async (p) => {
      await opens('Invite')(p);
      await p.getByRole('radio', { name: 'By a link to hand on' }).click();
      await click('Make the link')(p);
      await p.getByRole('dialog', { name: 'Hand on this link' }).waitFor();
    } },
    { name: 'settings-api-keys', path: settings('api-keys') },
    { name: 'settings-api-keys-first', path: `${fresh.home}/settings/api-keys`, as: 'fresh' },
    { name: 'settings-api-key-new', path: settings('api-keys'), act: opens('New key') },
    { name: 'settings-api-key-once', path: `${guarded.home}/settings/api-keys`, as: 'guarded', act: async (p) => {
      await opens('New key')(p);
      await p.getByLabel('What is it for?').fill('Nightly import');
      await click('Make the key')(p);
      await p.getByRole('dialog', { name: 'Copy the key now' }).waitFor();
    } },
    { name: 'settings-agencies', path: settings('agencies') },
    { name: 'settings-agency-grant', path: settings('agencies'), act: async (p) => {
      await p.getByRole('button', { name: /^(See and let in|What they may)$/ }).first().click();
      await dialog(p);
    } },
    { name: 'settings-log', path: settings('log') },
    { name: 'settings-danger', path: settings('danger') },
    { name: 'settings-danger-delete', path: settings('danger'), act: opens(/^Delete /) },
    { name: 'settings-error', path: settings('members'), act: (p) => p.getByRole('alert').waitFor(), before: failing('**/members?*') },
    { name: 'agency-clients', path: `${agency.home}/settings/clients`, as: 'agency' },
    { name: 'agency-link', path: `${agency.home}/settings/clients`, as: 'agency', act: opens('Link a client') },
    { name: 'agency-inside', path: `${client.home}/today`, as: 'agency' },
    { name: 'admin-applications', path: '/admin/applications' },
    { name: 'admin-application', path: '/admin/applications?status=all', act: async (p) => {
      await p.getByRole('list', { name: 'Applications' }).getByRole('button').first().click();
      await dialog(p);
    } },
    { name: 'admin-campaigns', path: '/admin/campaigns' },
    { name: 'admin-campaign-new', path: '/admin/campaigns', act: opens('New campaign') },
    { name: 'admin-waitlist', path: '/admin/waitlist' },
    { name: 'admin-demos', path: '/admin/demos?status=all' },
    { name: 'admin-demo', path: '/admin/demos?status=all', act: async (p) => {
      await p.getByRole('list', { name: 'Demos' }).getByRole('button').first().click();
      await dialog(p);
    } },
    { name: 'admin-people', path: '/admin/people' },
    { name: 'admin-organizations', path: '/admin/organizations' },
    { name: 'admin-outbox', path: '/admin/outbox' },
    { name: 'admin-mail', path: '/admin/outbox', act: async (p) => {
      await p.getByRole('list', { name: 'Mails' }).getByRole('button').first().click();
      await dialog(p);
      await p.waitForTimeout(500);
    } },
    { name: 'admin-webhooks', path: '/admin/webhooks' },
    { name: 'admin-webhook', path: '/admin/webhooks', act: async (p) => {
      await p.getByRole('list', { name: 'Webhooks' }).getByRole('button').first().click();
      await dialog(p);
    } },
    { name: 'admin-webhooks-none', path: '/admin/webhooks?status=received' },
    { name: 'admin-notifications', path: '/admin/notifications' },
    { name: 'sign-in', path: '/sign-in', as: 'nobody' },
    { name: 'sign-in-wrong', path: '/sign-in', as: 'nobody', act: async (p) => {
      await p.getByLabel('Email').fill('ines@example.com');
      await p.getByLabel('Password').fill('not this one at all');
      await click('Sign in')(p);
      await p.getByRole('alert').waitFor();
    } },
    { name: 'sign-in-second', path: '/sign-in', as: 'nobody', act: async (p) => {
      await p.getByLabel('Email').fill(guarded.email);
      await p.getByLabel('Password').fill(guarded.password);
      await click('Sign in')(p);
      await p.getByRole('heading', { name: 'One more step' }).waitFor();
    } },
    { name: 'link-sent', path: '/sign-in', as: 'nobody', act: async (p) => {
      await p.getByLabel('Email').fill('ines@example.com');
      await click('Mail me a link instead')(p);
      await p.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    } },
    { name: 'link-wrong', path: '/sign-in/link#token=wrong', as: 'nobody' },
    { name: 'sign-up', path: '/sign-up', as: 'nobody' },
    { name: 'sign-up-wrong', path: '/sign-up', as: 'nobody', act: async (p) => {
      await click('Make the account')(p);
      await p.waitForTimeout(500);
    } },
    { name: 'sign-up-waitlist', path: '/sign-up', as: 'nobody', before: door('waitlist') },
    { name: 'forgot', path: '/forgot-password', as: 'nobody' },
    { name: 'reset', path: '/reset-password#token=anything', as: 'nobody' },
    { name: 'confirm-wrong', path: '/confirm-email#token=wrong', as: 'nobody' },
    { name: 'invitation', path: invitation, as: 'nobody' },
    { name: 'invitation-wrong', path: '/invitation#token=wrong', as: 'nobody' },
    { name: 'apply', path: '/apply', as: 'nobody', before: door('application'), full: true },
    { name: 'waitlist', path: '/apply', as: 'nobody', before: door('waitlist') },
    { name: 'apply-open', path: '/apply', as: 'nobody' },
    { name: 'demo-request', path: '/apply?demo=true', as: 'nobody' },
  ];
}
