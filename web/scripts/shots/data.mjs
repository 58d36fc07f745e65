// What the pictures show: drafts in several states, people, keys, an agency with clients, webhooks. Made over the API.
import { createHmac, randomUUID } from 'node:crypto';

export const article = `# What a lighthouse keeper taught us about release notes

Nobody reads release notes for pleasure. Yet the keepers of the Bell Rock light wrote one every night for 90 years, and sailors fought over copies.

The difference was the reader. A keeper wrote for the captain who would pass at 4 in the morning: what changed, what to watch, what to do. Three lines, no adjectives.

We rewrote ours the same way last spring. Support tickets about upgrades fell by 38 percent in 2 months, and the notes got shorter each time.

Start with the change that can hurt somebody. Then say what got better. Leave out what only you care about.

The best test is cheap: read the first line aloud to somebody who does not work with you. If they ask "so what?", you have found the line to write instead.
`;

/** A signed-in context's way to the API, which takes changes from its own origin only. */
export function over(context, base) {
  const call = async (method, path, data, headers = {}) => {
    const answer = await context.request.fetch(path, { method, data, headers: { origin: base, ...headers } });
    if (!answer.ok()) throw new Error(`${method} ${path} answered ${answer.status()}: ${await answer.text()}`);
    return answer.status() === 204 ? null : answer.json();
  };
  return { get: (path) => call('GET', path), post: (path, data = {}) => call('POST', path, data), patch: (path, data, version) => call('PATCH', path, data, { 'if-match': `"${version}"` }), put: (path, data, version) => call('PUT', path, data, version === undefined ? {} : { 'if-match': `"${version}"` }), delete: (path) => call('DELETE', path) };
}

/** A generation with drafts in several states. */
export async function drafts(api, brand) {
  const all = (await api.get('/api/v1/networks')).networks.filter((n) => n.id !== 'sandbox').flatMap((n) => n.content_types.filter((t) => t.is_default).map((t) => t.target));
  let made = await api.post(`${brand}/generations`, { input: { type: 'text', text: article }, targets: [...all, 'linkedin.carousel', 'x.post'], tone: 'conversational' });
  for (let tries = 0; ['pending', 'running'].includes(made.status); tries++) {
    if (tries > 200) throw new Error('The drafts did not come.');
    await new Promise((r) => setTimeout(r, 250));
    made = await api.get(`${brand}/generations/${made.id}`);
  }
  const posts = (await api.get(`${brand}/posts?generation=${made.id}&limit=100`)).items;
  for (const [target, verb] of [['facebook.post', 'approve'], ['mastodon.post', 'reject']]) {
    const draft = posts.find((d) => d.target === target);
    if (draft?.status === 'pending') await api.post(`${brand}/posts/${draft.id}/${verb}`);
  }
  return { generation: made.id, of: (target) => (posts.find((d) => d.target === target) ?? posts[0]).id };
}

/** A brand that says something of itself: a profile half filled, an audience, pillars and hooks. */
export async function brandOf(api, brand) {
  const { version } = await api.get(`${brand}/profile`);
  await api.patch(`${brand}/profile`, {
    business: { business_type: 'Workshop', industry: 'Furniture', differentiators: ['Every joint is cut by hand, never by a machine', 'Old doors are mended, not replaced'] },
    market: { geographic_focus: 'The coast between Arbroath and Dundee' },
    topics: { key_topics: ['Oak', 'Repairs', 'Old houses'], avoid_words: ['cheap'] },
    calls: { primary_cta: 'Bring your chair by on a Saturday' },
    posts: { networks: ['linkedin', 'instagram'], network_preferences: { linkedin: 'No emoji' } },
  }, version);
  await api.post(`${brand}/audiences`, { name: 'Owners of old houses', description: 'They bought a house older than they are, and mean to keep it.', job_roles: ['Teacher', 'Doctor'], pain_points: ['Doors that stick, every winter', 'Nobody answers the telephone'], desired_outcomes: ['A house that closes'], awareness_stage: 'problem_aware', demographics: { age: '40 to 70', location: 'On the coast' } });
  await api.post(`${brand}/audiences`, { name: 'People who inherit furniture', pain_points: ['It is loved, and wobbles'] });
  await api.post(`${brand}/pillars`, { name: 'Mending by hand', description: 'How a thing is mended so that it holds.', why_important: 'It is cheaper than a new one, and lasts.', subtopics: ['Joints', 'Glue', 'Patience'] });
  await api.post(`${brand}/pillars`, { name: 'What wood does', subtopics: ['Winter', 'Oil'] });
  for (const hook of [{ text: 'Why do old doors stick in winter?', kind: 'question', season: 'winter' }, { text: 'A plane takes off less than you think.', category: 'Tools' }, { text: '38 chairs came back last year. One was ours.', kind: 'statistic', urgency: 'high' }]) await api.post(`${brand}/hooks`, hook);
  await api.post(`${brand}/knowledge`, { content: 'The shop is closed in August.', kind: 'answer', valid_until: '2025-08-31' });
  await api.post(`${brand}/knowledge`, { content: '38 chairs came back last year. One was ours.', kind: 'statistic', source: 'Our repair book', url: 'https://example.com/repairs' });
}

/** A brand that has shown two things it wrote: too few to know its voice. */
export async function twoSamples(api, brand) {
  await api.post(`${brand}/voice/samples`, { kind: 'own', samples: [{ text: 'What breaks first in a chair? Not the leg. The glue.' }, { text: 'Wait for May before you judge a door. Most of what we take off in January we miss in June.' }] });
}

/** An account of its own, signed in; gives where it lives. */
export async function account(context, base, { name, organization, type = 'creator' }) {
  const api = over(context, base);
  const email = `shots-${randomUUID().slice(0, 8)}@example.com`;
  const password = 'a lighthouse at four';
  const me = await api.post('/api/v1/auth/sign-up', { name, email, password, organization_name: organization, organization_type: type, time_zone: 'Europe/Berlin' });
  const { slug, brands } = me.organizations[0];
  return { api, email, password, org: `/api/v1/organizations/${slug}`, slug, home: `/${slug}/${brands[0].slug}` };
}

/** Clients in every state that an agency's list knows. */
export async function clients(agency, asked) {
  const make = (name, more = {}) => agency.api.post(`${agency.org}/clients`, { create: { name, type: 'business', time_zone: 'Europe/Berlin' }, ...more });
  const bakery = await make('Bell Rock Bakery', { billing_allocation: 30 });
  await make('Harbour & Sons', { label: 'Harbour (retainer)', billing_allocation: 20 });
  await agency.api.post(`${agency.org}/clients`, { organization: asked });
  const slug = bakery.client.slug;
  const me = await agency.api.get('/api/v1/me');
  const brand = me.organizations.find((o) => o.slug === slug)?.brands[0]?.slug;
  return { home: `/${slug}/${brand}` };
}

/** What an authenticator app shows for a seed now (RFC 6238). */
function totp(secret) {
  const bits = [...secret.replace(/[\s=]/g, '').toUpperCase()].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export async function guard(who) {
  const { secret } = await who.api.post('/api/v1/me/factors/totp', { password: who.password });
  await who.api.post('/api/v1/me/factors/totp/confirm', { code: totp(secret) });
}

/** Webhooks as Clerk sends them, one of each fate; none where the program has no secret for them. */
export async function webhooks(context, secret) {
  if (!secret) return;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const user = (id, address) => ({ id, first_name: 'Mara', last_name: 'Winter', primary_email_address_id: 'e1', email_addresses: [{ id: 'e1', email_address: address, verification: { status: 'verified' } }] });
  for (const [type, data] of [['user.created', user('user_2mara', 'mara@example.com')], ['session.created', { id: 'sess_1' }], ['user.updated', { id: 7 }]]) {
    const body = JSON.stringify({ type, object: 'event', data });
    const [id, at] = [`msg_${randomUUID()}`, Math.floor(Date.now() / 1000)];
    const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
    const answer = await context.request.post('/webhooks/clerk', { data: body, headers: { 'content-type': 'application/json', 'svix-id': id, 'svix-timestamp': String(at), 'svix-signature': `v1,${signature}` } });
    if (!answer.ok()) throw new Error(`the webhook was answered ${answer.status()}: ${await answer.text()}`);
  }
}

const more = [`# What a repaired chair is worth

A chair that came back is a chair that was sat in. We mended 38 of them last year, and every one has a date under its seat.

People ask for the price of a new one first. It is never far off. What they pay for is that it is still theirs.`,
`# Why old doors stick in winter

It is seldom the wood. A door that sticks in January has a hinge that let go in June, and nobody noticed as long as the air was dry.

Look at the hinge first. Wait for May before you judge the door, and never plane on the first cold day.`];

/** Something that recurs of each kind: going on, paused and over. */
async function recurring(api, brand, account, day) {
  const ids = [];
  for (const text of [...more, article]) {
    let made = await api.post(`${brand}/generations`, { input: { type: 'text', text }, targets: ['sandbox.post'] });
    for (let tries = 0; ['pending', 'running'].includes(made.status); tries++) {
      if (tries > 200) throw new Error('The drafts did not come.');
      await new Promise((r) => setTimeout(r, 250));
      made = await api.get(`${brand}/generations/${made.id}`);
    }
    for (const { id } of (await api.get(`${brand}/posts?generation=${made.id}&limit=100`)).items) {
      await api.post(`${brand}/posts/${id}/approve`);
      ids.push(id);
    }
  }
  const begin = (name, more) => api.post(`${brand}/recurrences`, { name, connection_id: account.id, ...more });
  const { id } = await begin('Opening hours', { post_ids: ids.slice(0, 1), rule: 'FREQ=WEEKLY;BYDAY=MO,WE,FR', first_time: `${day(1)}T11:20` });
  await begin('Evergreens of the workshop', { post_ids: ids, rest_days: 30 });
  const monthly = await begin('The stand-up on the first Monday', { post_ids: ids.slice(1, 2), rule: 'FREQ=MONTHLY;BYDAY=1MO;COUNT=12', first_time: `${day(1)}T08:00` });
  await api.post(`${brand}/recurrences/${monthly.id}/pause`);
  const fair = await begin('Countdown to the fair', { post_ids: ids.slice(0, 1), rule: 'FREQ=DAILY;COUNT=10', first_time: `${day(1)}T07:10` });
  await api.post(`${brand}/recurrences/${fair.id}/stop`);
  return id;
}

/** A brand that publishes: the sandbox connected, queue times, two weeks planned, some of it out, one thing held. */
export async function publishing(api, brand) {
  const [account] = (await api.post(`${brand}/connections`, { provider: 'sandbox' })).items;
  const { version, zone } = await api.get(`${brand}/schedule`);
  const workdays = ['mon', 'tue', 'wed', 'thu', 'fri'];
  await api.put(`${brand}/schedule`, { slots: [{ days: workdays, time: '09:00' }, { days: ['tue', 'thu'], time: '12:30', network: 'linkedin' }, { days: workdays, time: '17:30' }], min_minutes_apart: 30, daily_caps: { x: 4 }, late_minutes: 60 }, version);
  const posts = [];
  for (const text of [article, ...more]) {
    let made = await api.post(`${brand}/generations`, { input: { type: 'text', text }, targets: ['x.thread', 'x.post', 'linkedin.short', 'linkedin.carousel', 'instagram.caption', 'facebook.post', 'threads.post', 'bluesky.post', 'mastodon.post'] });
    for (let tries = 0; ['pending', 'running'].includes(made.status); tries++) {
      if (tries > 200) throw new Error('The drafts did not come.');
      await new Promise((r) => setTimeout(r, 250));
      made = await api.get(`${brand}/generations/${made.id}`);
    }
    posts.push(...(await api.get(`${brand}/posts?generation=${made.id}&limit=100`)).items.filter((p) => !p.issues.some((i) => i.severity === 'error')));
  }
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(new Date());
  const day = (days) => new Date(Date.parse(`${today}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  const plan = (post, when, approve = true) => api.post(`${brand}/posts/${post.id}/publications`, { connection_ids: [account.id], when, ...(approve && { approve: true }) });
  // a comb through the three articles, so that no day is of one of them alone
  const mixed = posts.map((_, i) => posts[(i * 10) % posts.length] ?? posts[i]).filter((p, i, all) => all.indexOf(p) === i);
  const rest = posts.filter((p) => !mixed.includes(p));
  const all = [...mixed, ...rest];
  const times = ['08:15', '09:30', '11:00', '13:45', '15:00', '18:20'];
  const planned = [];
  for (const [i, post] of all.slice(0, -6).entries()) {
    const when = i % 4 === 3 ? { queue: true } : { at: `${day(1 + Math.floor(i / 1.6))}T${times[i % times.length]}` };
    planned.push(...(await plan(post, when, i % 6 !== 5)).items);
  }
  const out = [];
  for (const post of all.slice(-6, -1)) out.push(...(await plan(post, { now: true })).items);
  for (const { id } of out) {
    for (let tries = 0; ['scheduled', 'sending'].includes((await api.get(`${brand}/publications/${id}`)).state); tries++) {
      if (tries > 120) throw new Error('A publication did not go out.');
      await new Promise((r) => setTimeout(r, 250));
    }
  }
  const recurrence = await recurring(api, brand, account, day);
  // what comes due during a pause is held
  await api.put(`${brand}/pauses`, { scope: 'brand', reason: 'We wait for the news from the mill.' });
  const [held] = (await plan(all.at(-1), { now: true })).items;
  for (let tries = 0; (await api.get(`${brand}/publications/${held.id}`)).state !== 'held'; tries++) {
    if (tries > 120) throw new Error('Nothing was held.');
    await new Promise((r) => setTimeout(r, 250));
  }
  return { recurrence, out: out[0].id, held: held.id, next: planned[0].id, of: (target) => all.find((p) => p.target === target).id, day };
}

/** Two rules, what was said of some posts by the team and by a client, and links in every state. */
export async function reviewing(api, brand, { day }) {
  const link = await api.post(`${brand}/review-links`, { label: 'Bell Rock Bakery', first_day: day(1), last_day: day(9) });
  const spare = await api.post(`${brand}/review-links`, { label: 'Mara, while Tom is away', first_day: day(1), last_day: day(3) });
  await api.delete(`${brand}/review-links/${spare.id}`);
  const token = new URL(link.url).pathname.split('/').at(-1);
  const { items } = await api.get(`/api/v1/review/${token}`);
  const [first, second, third] = items;
  await api.post(`${brand}/review-links`, { label: 'The printer', post_ids: [first.post_id], may_approve: false, days: 7 });
  const say = (item, verdict, words = '') => api.post(`/api/v1/review/${token}/reviews`, { name: 'Tom Achterberg', verdict, words, items: [{ post_id: item.post_id, publication_id: item.publication_id, seal: item.seal }] });
  await say(first, 'approved');
  await say(second, 'changes_requested', 'We say “mended”, never “repaired”. And 38 chairs, not “dozens”.');
  await say(third, 'comment', 'Could this one wait until the fair on Saturday?');
  await api.post(`${brand}/posts/${third.post_id}/reviews`, { verdict: 'comment', words: 'It can. I will move it.', shared: true });
  await api.post(`${brand}/approval-rules`, { approver: 'manager', approvals: 1 });
  await api.post(`${brand}/approval-rules`, { approver: 'client', approvals: 1, network: 'linkedin' });
  return { path: `/review/${token}`, changed: second.post_id, talked: third.post_id };
}

/** A picture drawn in the browser: a sky, a sea, a light. As many as wanted, each in a light of its own. */
const painted = (page, [hue, width, height, type]) => page.evaluate(([h, w, t, kind]) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: w, height: t });
  const c = canvas.getContext('2d');
  const sky = c.createLinearGradient(0, 0, 0, t);
  sky.addColorStop(0, `hsl(${h} 45% 26%)`);
  sky.addColorStop(0.62, `hsl(${h + 24} 62% 74%)`);
  c.fillStyle = sky;
  c.fillRect(0, 0, w, t);
  c.fillStyle = `hsl(${h + 8} 34% 22%)`;
  c.fillRect(0, t * 0.66, w, t * 0.34);
  c.fillStyle = `hsl(${h + 40} 80% 88%)`;
  c.beginPath();
  c.arc(w * 0.7, t * 0.3, Math.min(w, t) * 0.07, 0, 7);
  c.fill();
  c.fillStyle = `hsl(${h} 20% 14%)`;
  c.beginPath();
  c.moveTo(w * 0.28, t * 0.7);
  c.lineTo(w * 0.31, t * 0.28);
  c.lineTo(w * 0.36, t * 0.28);
  c.lineTo(w * 0.39, t * 0.7);
  c.fill();
  return new Promise((done) => canvas.toBlob(async (blob) => done([...new Uint8Array(await blob.arrayBuffer())]), kind, 0.9));
}, [hue, width, height, type]);

/** A library with folders, tags and alt texts, and a post that shows some of it. */
export async function media(context, base, { api, org, home }, life) {
  const brand = `${org}/brands/${home.split('/')[2]}`;
  const page = await context.newPage();
  await page.goto(`${base}/sign-in`);
  const files = [
    ['Bell Rock at four.jpg', [28, 1600, 1200, 'image/jpeg'], { folder: 'Lighthouse', alt_text: 'A lighthouse before sunrise, its lamp still lit', tags: 'light,morning' }],
    ['Harbour in May.jpg', [190, 1600, 1000, 'image/jpeg'], { folder: 'Harbour', alt_text: 'The harbour wall and a calm sea', tags: 'harbour' }],
    ['Keeper’s log.png', [45, 900, 1400, 'image/png'], { folder: 'Lighthouse/Archive', tags: 'paper' }],
    ['Storm, second night.jpg', [230, 2400, 1000, 'image/jpeg'], { folder: 'Lighthouse', alt_text: 'Waves against the tower at night', tags: 'light,storm' }],
    ['Chair 38.jpg', [12, 1200, 1200, 'image/jpeg'], { folder: 'Workshop', alt_text: 'A mended chair before a window', tags: 'chairs' }],
    ['Fog.png', [150, 640, 480, 'image/png'], {}],
    ['Evening ferry.jpg', [275, 1400, 1750, 'image/jpeg'], { folder: 'Harbour', alt_text: 'The last ferry leaves' }],
    ['Oak, planed.jpg', [36, 1500, 1000, 'image/jpeg'], { folder: 'Workshop', alt_text: 'Shavings of oak on a bench', tags: 'oak' }],
  ];
  const made = [];
  for (const [name, look, label] of files) {
    const bytes = await painted(page, look);
    const answer = await context.request.post(`${brand}/media?${new URLSearchParams({ name, ...label })}`, { data: Buffer.from(bytes), headers: { origin: base, 'content-type': 'application/octet-stream' } });
    if (!answer.ok()) throw new Error(`${name}: ${answer.status()} ${await answer.text()}`);
    made.push((await answer.json()).media);
  }
  const pdf = await context.request.post(`${brand}/media?name=Price%20list.pdf&folder=Workshop`, { data: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF'), headers: { origin: base, 'content-type': 'application/octet-stream' } });
  if (!pdf.ok()) throw new Error(`the PDF: ${pdf.status()} ${await pdf.text()}`);
  await page.close();
  const post = await api.get(`${brand}/posts/${life.of('facebook.post')}`);
  await api.patch(`${brand}/posts/${post.id}`, { media: [{ media_id: made[0].id }, { media_id: made[3].id, alt_text: 'The second night of the storm' }, { media_id: made[5].id }] }, post.version);
  return { first: made[0].id, small: made[5].id, post: post.id };
}
