import type { Begun, Memory } from './uploader';

/**
 * Uploads that are under way, with their files, in the browser's own database: so that they go on after a reload. Where
 * it is forbidden or full, the file has to be chosen again, or nothing is remembered; the upload itself is none the worse.
 */
const name = 'bellwether-uploads';
const store = 'begun';
interface Kept extends Begun { place: string; file?: File }

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(store, { keyPath: 'key' });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error ?? new Error('no database'));
  });
}
async function within<T>(mode: IDBTransactionMode, work: (all: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  try {
    return await new Promise<T>((done, failed) => {
      const asked = work(db.transaction(store, mode).objectStore(store));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error ?? new Error('not kept'));
    });
  } finally {
    db.close();
  }
}

/** Of one brand: what was begun in another is gone on with there. */
export function memoryOf(place: string): Memory & { all: () => Promise<{ begun: Begun; file: File | null }[]> } {
  const stored = new Set<string>();
  const gone = new Set<string>();
  return {
    keep: (begun, file) => {
      // once is enough: the server says how far it is
      if (stored.has(begun.key) || gone.has(begun.key)) return;
      stored.add(begun.key);
      const write = (value: Kept) => within('readwrite', (all) => all.put(value));
      void write({ ...begun, place, file }).catch(() => write({ ...begun, place })).catch(() => undefined)
        .then(() => (gone.has(begun.key) ? within('readwrite', (all) => all.delete(begun.key)) : undefined)).catch(() => undefined);
    },
    drop: (key) => {
      gone.add(key);
      void within('readwrite', (all) => all.delete(key)).catch(() => undefined);
    },
    all: async () => {
      try {
        const kept = (await within('readonly', (all) => all.getAll())) as Kept[];
        return kept.filter((one) => one.place === place).map(({ file, place: _, ...begun }) => {
          stored.add(begun.key);
          return { begun, file: file ?? null };
        });
      } catch {
        return [];
      }
    },
  };
}
