import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Asked { model: string; stream?: boolean; messages: { role: string; content: string }[]; response_format?: unknown }

/** An idea for each of the kinds of angle that are asked for, from the first item; null where something else is asked for. */
function proposed(user: string): string | null {
  const kinds = /^The kinds, each with what is meant:\n([^]*?)\n\n/.exec(user)?.[1]?.split('\n').map((line) => /^- (\w+):/.exec(line)?.[1] ?? '');
  const source = /^1\. (.+?): /m.exec(user)?.[1];
  if (!kinds || !source) return null;
  return JSON.stringify({ ideas: kinds.map((kind) => ({ kind, title: `What a keeper would note of it, ${kind}`, angle: `Take what ${source} saw, and say what it leaves out.`, items: [1] })) });
}

/**
 * A server that speaks OpenAI's chat completions as their reference describes them, refusing what doesn't, and fails for
 * the targets it is told to. It streams slowly enough to be watched.
 */
export class FakeModel {
  /** Targets whose drafts can't be written now. */
  readonly broken = new Set<string>();
  readonly asked: Asked[] = [];
  /** Between two pieces of an answer. */
  pace = 25;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/`;
  }
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, message: string) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message, type: status === 401 ? 'authentication_error' : status >= 500 ? 'server_error' : 'invalid_request_error', code: null, param: null } }));
    };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') return refuse(404, `Unknown request URL: ${request.method} ${request.url}`);
    if (request.headers.authorization !== 'Bearer a-key-for-tests') return refuse(401, 'Incorrect API key provided.');
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
    if (body.model !== 'strict-1') return refuse(404, `The model ${body.model} does not exist`);
    const user = body.messages.findLast((m) => m.role === 'user')?.content;
    if (!user || body.messages.some((m) => typeof m.content !== 'string')) return refuse(400, 'messages must have content');
    this.asked.push(body);
    const target = /^Write for: .*?([a-z_]+\.[a-z_]+)/m.exec(user)?.[1] ?? '';
    if (this.broken.has(target)) return refuse(400, 'This model refuses that network today.');
    const post = 'Nobody reads release notes for pleasure.\n\nYet the keepers of the Bell Rock light wrote one every night for 90 years, and sailors fought over copies.';
    const text = proposed(user) ?? JSON.stringify({ shape: 'post', post, opening_hook: 'Nobody reads release notes for pleasure.', cta: null, hashtags: [], mentions: [], media_prompt: null });
    const common = { id: 'chatcmpl-1', created: 1, model: body.model };
    const usage = { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 };
    if (!body.stream) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...common, object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }], usage }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (data: unknown) => response.write(`data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', ...(data as object) })}\n\n`);
    send({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] });
    for (const piece of text.match(/.{1,4}/gsu) ?? []) {
      send({ choices: [{ index: 0, delta: { content: piece }, finish_reason: null }] });
      await new Promise((done) => setTimeout(done, this.pace));
    }
    send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    send({ choices: [], usage });
    response.end('data: [DONE]\n\n');
  }
}
