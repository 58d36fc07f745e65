// Shows what Bellwether pushes while no page of it is open. Registered only by who asks for notifications, in
// "Morning delivery" of their settings. It keeps nothing, fetches no pages and works without them.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/** What a push says: `{ title, body, url, tag }`. A browser wants to see a notification for each, whatever came. */
function read(data) {
  try {
    return data.json() ?? {};
  } catch {
    return { body: data ? data.text() : '' };
  }
}

/** Only pages of our own are opened. */
function ours(address) {
  const home = new URL('/', self.location.origin);
  try {
    const url = new URL(address ?? '/', home);
    return url.origin === home.origin ? url.href : home.href;
  } catch {
    return home.href;
  }
}

self.addEventListener('push', (event) => {
  const { title, body, url, tag } = read(event.data);
  event.waitUntil(self.registration.showNotification(title || 'Bellwether', {
    body: body || '',
    // Pixels: most systems draw no SVG here. The badge is a mask, of which Android shows the shape alone.
    icon: '/icon-192.png',
    badge: '/badge-96.png',
    data: { url: ours(url) },
    // A newer one of the same kind takes the place of the older one, and is heard all the same.
    ...(tag && { tag, renotify: true }),
  }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const url = ours(event.notification.data?.url);
  event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const there = pages.find((page) => page.url === url);
    await (there ? there.focus() : self.clients.openWindow(url));
  })());
});

// The browser changed its address by itself: it is told where the old one was.
self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil((async () => {
    const wanted = event.oldSubscription?.options ?? event.newSubscription?.options;
    const fresh = event.newSubscription ?? (wanted && (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted.applicationServerKey })));
    if (!fresh) return;
    const { endpoint, keys } = fresh.toJSON();
    await fetch('/api/v1/me/push/subscriptions', {
      method: 'POST', credentials: 'same-origin', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth }, name: 'This browser, at its new address' }),
    });
  })());
});
