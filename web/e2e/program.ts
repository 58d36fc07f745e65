import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The program's path, as `scripts/with-server.sh` hands it on. */
export const binary = process.env['BELLWETHER_BIN'];

export interface Program { url: string; link: string; stop: () => Promise<void> }

/**
 * A port that nobody listens on, below those that the machine hands out by itself: nobody gets it by chance in the seconds until
 * the program has its database and takes it.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer();
    const free = await new Promise<boolean>((done) => server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true)));
    if (!free) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}

/** A program of its own with a configuration of its own, for flows that the common one isn't set up for. */
export async function startProgram(toml: string, env: Record<string, string> = {}, host = '127.0.0.1'): Promise<Program> {
  if (!binary) throw new Error('BELLWETHER_BIN is not set: run this through scripts/with-server.sh');
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-'));
  // PostgreSQL runs as another user when root starts it.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'bellwether.toml'), toml);
  const url = `http://${host}:${await freePort()}`;
  const child: ChildProcess = spawn(binary, ['up', '--data', join(folder, 'data'), '--port', new URL(url).port], {
    cwd: folder, env: { ...process.env, BELLWETHER_SERVER__RATE_LIMITS: 'false', BELLWETHER_SERVER__PUBLIC_URL: url, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const link = await new Promise<string>((done, failed) => {
    const onText = (chunk: Buffer) => {
      said += chunk.toString();
      const found = /https?:\/\/\S+\/sign-in\/link#token=[\w-]+/.exec(said);
      if (found) done(found[0]);
    };
    child.stdout?.on('data', onText);
    child.stderr?.on('data', onText);
    child.once('exit', (code) => failed(new Error(`the program ended with ${code}:\n${said.slice(-2000)}`)));
  });
  return {
    url,
    link,
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
