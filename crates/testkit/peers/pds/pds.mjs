// A Bluesky server (PDS) with a directory of its own, both in memory, on free ports. Says `READY address`.
// A line `expired TOKEN` is answered `EXPIRED token`: the same token as it would be hours after its end.
// Ends when standard input does.
import { createHmac } from 'node:crypto';
import { createInterface } from 'node:readline';
import { TestNetworkNoAppView } from '@atproto/dev-env';

// what dev-env signs tokens with
const SECRET = 'jwt-secret';
const sign = (text) => createHmac('sha256', SECRET).update(text).digest('base64url');

function expired(token) {
  const [head, body, signature] = token.split('.');
  if (signature !== sign(`${head}.${body}`)) throw new Error('the server signs with another secret than this');
  const claims = JSON.parse(Buffer.from(body, 'base64url'));
  const past = { ...claims, iat: claims.iat - 86_400, exp: claims.exp - 86_400 };
  const signed = `${head}.${Buffer.from(JSON.stringify(past)).toString('base64url')}`;
  return `${signed}.${sign(signed)}`;
}

const network = await TestNetworkNoAppView.create({});
process.stdout.write(`READY ${network.pds.url}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const [what, token] = line.split(' ');
  if (what === 'expired') process.stdout.write(`EXPIRED ${expired(token)}\n`);
}
process.exit(0);
