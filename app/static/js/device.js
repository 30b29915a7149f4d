// What this device keeps of its owner: reports that wait for a network, receipts, and the draft of a form. IndexedDB, so
// that page and service worker see the same and photos stay files. Nothing of it is ever sent but the report itself.
const NAME = "qauip";
const VERSION = 2;
export const LAST_VIEW = "qauip-view";
export const MAP_CACHE = "qauip-map";
export const CREW_CACHE = "qauip-crew";
const STORES = { outbox: "client_id", receipts: "receipt", draft: "id" };
const WORK = { acts: "client_id" }; // of people who work here: no visitor's to forget

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

function opened() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    const has = request.result.objectStoreNames;
    for (const [store, keyPath] of Object.entries({ ...STORES, ...WORK })) {
      if (!has.contains(store)) request.result.createObjectStore(store, { keyPath });
    }
  };
  return done(request);
}

async function within(store, mode, act) {
  const db = await opened();
  try {
    const transaction = db.transaction(store, mode, { durability: "strict" });
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([done(act(transaction.objectStore(store))), finished]);
    return result;
  } finally {
    db.close();
  }
}

export const all = (store) => within(store, "readonly", (rows) => rows.getAll());
export const one = (store, key) => within(store, "readonly", (rows) => rows.get(key));
export const put = (store, row) => within(store, "readwrite", (rows) => rows.put(row));
export const drop = (store, key) => within(store, "readwrite", (rows) => rows.delete(key));
export const clear = (store) => within(store, "readwrite", (rows) => rows.clear());

/** Forget all that this site keeps here of a person: reports that were not sent, receipts, drafts, where the map stood. */
export async function forgetAll() {
  localStorage.removeItem(LAST_VIEW);
  await globalThis.caches?.delete(MAP_CACHE);
  for (const store of Object.keys(STORES)) await clear(store);
}
