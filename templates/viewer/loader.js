// Loads the site's data: scripts with values, and pictures. Each file is loaded once. Only the files of
// the last list of requests are loaded, in its order.
"use strict";

/**
 * @typedef {object} FileRequest
 * @property {"script" | "image"} kind
 * @property {string} file relative to the data folder
 * @property {(value: unknown) => unknown} [decode] throws where the value is damaged
 * @property {boolean} [later] for a coming frame: what the present frame needs is loaded first
 */
/**
 * @typedef {object} Notice about what has not arrived
 * @property {HTMLElement} element
 * @property {(text: string, failed: boolean) => void} show with a button where something failed
 */
/**
 * @typedef {object} Loader
 * @property {(requests: FileRequest[]) => void} request loads these, and forgets earlier requests
 * @property {(file: string) => any} get the value or picture, or undefined while it has not arrived
 * @property {(file: string) => string | undefined} failure why it did not arrive
 * @property {() => void} retry loads again what failed, or else the newer page
 * @property {boolean} newer whether files failed because a newer site is there
 * @property {() => void} close releases everything, and loads nothing more
 * @property {() => boolean} [isLive] whether the runs grow at this moment
 */

{
  const VERSION = 2; // of the index and the headers, by ginn/viewer_data/boundary_chunks.py
  const MOST_AT_ONCE = 3;
  const { button, element, setText } = GINN.dom;
  const { say } = GINN.words;
  // A decoded sheet takes 4 to 16 MB. The browser's own cache keeps the compressed sheets.
  const MOST_SHEETS = 8;

  const { src: home } = /** @type {HTMLScriptElement} */ (document.currentScript);
  /** @type {Map<string, unknown>} the values of scripts, by the address of the script */
  const received = new Map();

  /**
   * Data scripts call this function. A value belongs to the script's address. The name is for readers.
   * @type {(_name: string, value: unknown) => void}
   */
  const receive = (_name, value) => {
    const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
    if (script) received.set(script.src, value);
  };

  /** @type {(address: string) => Promise<unknown>} */
  const loadScript = (address) => {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => {
        script.remove();
        resolve(received.get(script.src));
        received.delete(script.src);
      };
      script.onerror = () => {
        script.remove();
        reject(undefined);
      };
      document.head.append(script);
    });
  };

  /**
   * A file's name changes with its content, and old files vanish.
   * @param {string} index
   * @returns {Promise<boolean>} whether the site has another viewer or another index by now
   */
  async function isOld(index) {
    const address = new URL(`newest.js?${Date.now()}`, home).href;
    const names = /** @type {string[] | undefined} */ (await loadScript(address).catch(() => undefined));
    return [home, index].some((file) => names?.includes(file.split("/").pop() ?? "") === false);
  }

  /**
   * Loads a picture as a bitmap, which can be closed. The browser can keep an element's pixels in memory.
   * @param {string} address
   * @returns {Promise<ImageBitmap>}
   */
  function loadImage(address) {
    return new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => createImageBitmap(image).then(resolve, reject);
      image.onerror = () => reject(undefined);
      image.src = address;
    });
  }

  /**
   * Closes all but the latest sheets that are not requested.
   * @type {(loaded: Map<string, any>, requests: FileRequest[]) => void}
   */
  const dropOldSheets = (loaded, requests) => {
    const requested = new Set(requests.map(({ file }) => file));
    const idle = [...loaded].filter(([file, value]) =>
      value instanceof ImageBitmap && !requested.has(file));
    for (const [file, image] of idle.slice(0, -MOST_SHEETS)) {
      loaded.delete(file);
      image.close();
    }
  };

  /**
   * @param {unknown} value
   * @returns {unknown} the same, if it is of this version of the contract
   */
  function versioned(value) {
    const version = /** @type {any} */ (value)?.version;
    if (version !== VERSION) throw new Error(`version ${version}`);
    return value;
  }

  /** @type {Ginn["loader"]["createNotice"]} */
  const createNotice = (loader, attributes) => {
    const message = element("p", attributes);
    const again = button("", loader.retry);
    const root = element("div", "viewer-notice", [message, again]);
    return {
      element: root,
      show(text, failed) {
        setText(message, text);
        setText(again, say(loader.newer ? "open-newer" : "again"));
        root.hidden = text === "";
        again.hidden = !failed;
      },
    };
  };

  GINN.loader = {
    versioned, createNotice,
    isOld,
    create(folder, index, changed) {
      /** @type {Map<string, any>} what has arrived, in this order */
      const loaded = new Map();
      /** @type {Map<string, string>} */
      const failures = new Map();
      /** @type {Set<string>} */
      const pending = new Set();
      /** @type {FileRequest[]} */
      let requests = [];
      let newer = false;

      /** @param {FileRequest} request */
      async function load({ kind, file, decode }) {
        pending.add(file);
        try {
          const value = await (kind === "script" ? loadScript : loadImage)(folder + file);
          loaded.set(file, decode ? decode(value) : value);
        } catch (error) {
          newer ||= !error && await isOld(index);
          failures.set(file, say(error ? "damaged" : newer ? "newer" : "unloaded"));
          // What exactly is wrong is for those who made the site.
          if (error) console.info(file, error);
        }
        pending.delete(file);
      }

      function loadNext() {
        for (const request of requests) {
          if (pending.size >= (request.later ? 1 : MOST_AT_ONCE)) return;
          if ([loaded, failures, pending].some((files) => files.has(request.file))) continue;
          load(request).then(loadNext).then(changed);
        }
      }

      /** @type {Loader} */
      const own = {
        get newer() { return newer; },
        request(next) {
          requests = [...next.filter(({ later }) => !later), ...next.filter(({ later }) => later)];
          dropOldSheets(loaded, requests);
          loadNext();
        },
        get: (file) => loaded.get(file),
        failure: (file) => failures.get(file),
        retry() {
          if (newer) location.reload();
          failures.clear();
          loadNext();
          changed();
        },
        close() {
          removeEventListener("online", own.retry);
          requests = [];
          for (const value of loaded.values()) if (value instanceof ImageBitmap) value.close();
          loaded.clear();
        },
      };
      addEventListener("online", own.retry);
      return own;
    },
  };
  GINN.receive = receive;
}
