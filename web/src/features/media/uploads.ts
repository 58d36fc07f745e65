import { api, take } from '@/shared/api/client';
import { asProblem, Problem, problemOf } from '@/shared/api/problem';
import { keys, type Scope } from '@/shared/api/queries';
import { useStore } from '@/shared/lib/store';
import { useScope } from '@/shared/lib/use-scope';
import { uuid } from '@/shared/lib/uuid';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { mediaKeys, uploadsPath, type Media, type Upload } from './api';
import { memoryOf } from './memory';
import { Uploader, type Sending, type UploadServer } from './uploader';

/** Media types that the library takes; what a file is, its bytes say. */
export const accepted = 'image/jpeg,image/png,image/webp,image/gif,video/mp4,video/quicktime,application/pdf';

function serverOf(scope: Scope): UploadServer {
  const at = (upload: string) => ({ path: { ...scope, upload } });
  const one = `${uploadsPath}/{upload}` as const;
  return {
    create: (file, folder) => take(api.POST(uploadsPath, { params: { path: scope }, body: { name: file.name, bytes: file.size, folder, ...(file.type && { content_type: file.type }) } })),
    status: (upload) => take(api.GET(one, { params: at(upload) })),
    put: (upload, offset, part, sent, stop) => putPart(`/api/v1/organizations/${scope.org}/brands/${scope.brand}/media-uploads/${upload}`, offset, part, sent, stop),
    finish: (upload) => take(api.POST(`${one}/finish`, { params: at(upload) })),
    cancel: (upload) => api.DELETE(one, { params: at(upload) }),
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  };
}

/** By the older request, which alone tells how much of a body has gone. */
function putPart(path: string, offset: number, part: Blob, sent: (bytes: number) => void, stop: AbortSignal): Promise<Upload> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('PUT', path);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('upload-offset', String(offset));
    request.upload.onprogress = (event) => sent(Math.min(event.loaded, part.size));
    request.onload = () => {
      const answer = new Response(request.responseText, { status: request.status, headers: { 'content-type': 'application/json' } });
      if (request.status < 300) done(JSON.parse(request.responseText) as Upload);
      else problemOf(answer).then(failed, failed);
    };
    request.onerror = () => failed(asProblem(new TypeError('no answer')));
    request.onabort = () => failed(new Problem(0, 'stopped', 'Stopped.'));
    stop.addEventListener('abort', () => request.abort());
    if (stop.aborted) failed(new Problem(0, 'stopped', 'Stopped.'));
    else request.send(part);
  });
}

const uploaders = new Map<string, Uploader>();
const waiting = new Map<string, (media: Media) => void>();

/** One for each brand, for as long as the page lives: leaving a screen stops no upload. */
function uploaderOf(client: QueryClient, scope: Scope): Uploader {
  const place = `${scope.org}/${scope.brand}`;
  const known = uploaders.get(place);
  if (known) return known;
  const memory = memoryOf(place);
  const made = new Uploader(serverOf(scope), memory, (media, key) => {
    void client.invalidateQueries({ queryKey: mediaKeys.all(scope) });
    void client.invalidateQueries({ queryKey: keys.organization(scope.org) });
    waiting.get(key)?.(media);
    waiting.delete(key);
  });
  uploaders.set(place, made);
  void memory.all().then((all) => all.forEach(({ begun, file }) => made.restore(begun, file)));
  return made;
}

export interface Uploads { all: Sending[]; uploader: Uploader; /** Sends files; `done` is told of each that arrived while the page lives. */ send: (files: Iterable<File>, folder?: string, done?: (media: Media) => void) => void }
export function useUploads(): Uploads {
  const client = useQueryClient();
  const { scope } = useScope();
  const { org, brand } = scope;
  const uploader = useMemo(() => uploaderOf(client, { org, brand }), [client, org, brand]);
  const all = useStore(uploader.store);
  return useMemo(() => ({
    all, uploader,
    send: (files, folder = '', done) => {
      const added = [...files].map((file) => ({ key: uuid(), file }));
      if (done) for (const { key } of added) waiting.set(key, done);
      uploader.add(added, folder);
    },
  }), [all, uploader]);
}
