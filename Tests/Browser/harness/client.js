// SPDX-License-Identifier: Apache-2.0

// A fake of the RUM web client where it matters for the module, with a profile of each supported version, including the
// client's defects. docs/web-integration.md describes the real behaviour.

/** What differs between the versions. `cache`: the events that the queue holds. */
const profiles = {
  "1.25": { cache: 200 },
  "2.1": { cache: 1000, rebuilds: true },
  "3.2": { cache: 1000, rebuilds: true, startsSessions: true },
};
export const VERSIONS = Object.keys(profiles);

const PREFIX = "com.amazon.rum.";
const PAGE_VIEW = `${PREFIX}page_view_event`;
const SESSION_START = `${PREFIX}session_start_event`;
let identifiers = 0;

export class FakeClient {
  /** The fake page of the current test. */
  static env;

  constructor(config = {}, { name = "client", log = [], version = "3.2" } = {}) {
    const { env } = FakeClient;
    Object.assign(this, { env, name, log, version, profile: profiles[version], lost: 0, forbidden: 0 });
    this.config = { signing: true, retries: 2, fetchFunction: (batch) => env.globals.fetch(batch), ...config };
    this.eventCache = { events: [] };
    this.candidates = new Map();
    this.cookie = `cwr_s_${name}`;
    if (this.profile.startsSessions) this.startSession = () => this.#startSession();
    const restored = env.cookies.get(this.cookie);
    if (restored) Object.assign(this, JSON.parse(atob(restored)), { resumed: true });
    // The client is enabled while it is created, whatever its configuration says.
    this.enabled = true;
    this.#observe();
    if (!this.config.disableAutoPageView) this.recordPageView(env.location.pathname);
    if (this.config.enableRumClient === false) this.#disable();
    else this.#enable();
  }

  get queue() {
    return this.eventCache.events;
  }

  /** The events that the data plane has received of this client's monitor, except page views: type and access key. */
  get delivered() {
    const got = this.env.received.filter(({ monitor }) => monitor === this.name);
    return got.flatMap(({ key, events }) => events.filter(({ type }) => type !== PAGE_VIEW).map(({ type }) => [short(type), key]));
  }

  /** The pages whose views the data plane has received. */
  get views() {
    return this.events.filter(({ type }) => type === PAGE_VIEW).map(({ page }) => page);
  }

  /** Everything received of this client's monitor, each with its page and session. */
  get events() {
    const got = this.env.received.filter(({ monitor }) => monitor === this.name);
    return got.flatMap(({ session, beacon, events }) => events.map((event) => ({ ...event, session, beacon })));
  }

  record(type) {
    this.recordEvent(type, {});
  }

  recordEvent(type, data) {
    if (!this.enabled) return void this.lost++;
    if (type !== SESSION_START) this.#session();
    if (this.queue.length < this.profile.cache) this.queue.push({ type, page: this.page, data });
    else this.lost++;
    this.#remember();
  }

  /** CLS and INP: the last value of each is kept, and sent when the page is hidden. */
  recordCandidate(type, value) {
    if (this.enabled) this.candidates.set(type, { type, page: this.page, data: { value } });
  }

  recordPageView(pageId) {
    const same = this.page === pageId;
    this.page = pageId;
    // The same page is no new view, and a disabled client records none.
    if (same) return;
    this.resumed = false;
    if (this.enabled) this.recordEvent(PAGE_VIEW, { pageId });
  }

  setAwsCredentials(provider) {
    this.log.push(`${this.name} credentials`);
    this.provider = provider;
    // Like the real client, it calls the provider before the first batch, and without a rejection handler.
    provider();
  }

  enable() {
    this.log.push(`${this.name} enable`);
    this.#enable();
  }

  disable() {
    this.log.push(`${this.name} disable`);
    this.#disable();
  }

  /** The work of the real client's timer, which runs every five seconds and ignores failures. */
  tick() {
    this.#send().catch(() => {});
  }

  /** Returns nothing: nobody can handle its failure. */
  dispatch() {
    this.#send();
  }

  #startSession() {
    this.log.push(`${this.name} session`);
    this.session = undefined;
    this.#session();
    return this.session;
  }

  #session() {
    if (this.session) return;
    this.session = `session ${++identifiers}`;
    this.recordEvent(SESSION_START, {});
  }

  #remember() {
    this.env.cookies.set(this.cookie, btoa(JSON.stringify({ session: this.session, page: this.page })));
  }

  #enable() {
    this.enabled = true;
    this.#observe();
    for (const name of ["visibilitychange", "pagehide"]) this.env.document.addEventListener(name, this.#hidden);
  }

  #disable() {
    this.enabled = false;
    this.env.entryObservers.delete(this.#entries);
    this.observation = undefined;
    for (const name of ["visibilitychange", "pagehide"]) this.env.document.removeEventListener(name, this.#hidden);
  }

  /** Like a PerformanceObserver with `buffered: true`: it gets all entries of the page so far, in a later task. */
  #observe() {
    if (this.env.entryObservers.has(this.#entries)) return;
    this.env.entryObservers.add(this.#entries);
    const buffered = [...this.env.entries];
    const observation = (this.observation = {});
    queueMicrotask(() => this.observation === observation && this.#entries(buffered));
  }

  #entries = (entries) => {
    const [, options] = this.config.telemetries?.find(([kind]) => kind === "performance") ?? [];
    for (const entry of entries) if (!options?.ignore?.(entry)) this.recordEvent(`resource ${entry.name}`, {});
  };

  #hidden = () => {
    if (this.env.document.visibilityState !== "hidden" || !this.enabled) return;
    if (!this.queue.length && !this.candidates.size) return;
    const batch = this.#batch([...this.candidates.values()]);
    this.candidates.clear();
    this.#beacon(batch).catch(() => {});
  };

  #batch(candidates = []) {
    const events = [...candidates, ...this.queue.splice(0, 100 - candidates.length)];
    return { monitor: this.name, session: this.session, events };
  }

  async #beacon(batch) {
    const key = this.config.signing ? (await this.provider()).accessKeyId : null;
    this.env.beacon({ ...batch, key, beacon: true });
  }

  async #send() {
    if (!this.enabled || !this.queue.length) return;
    const { provider } = this;
    const batch = this.#batch();
    // The real client builds and hashes the body before it requests credentials, which takes microtasks.
    await null;
    await null;
    try {
      if (this.config.signing) {
        if (!provider) throw new Error("CWR: Cannot dispatch; no AWS credentials.");
        batch.key = (await provider()).accessKeyId;
      }
      await this.#fetch(JSON.stringify(batch));
    } catch (error) {
      this.lost += batch.events.length;
      if (error.message === "404" || error.message === "403") this.#refused(error.message, provider);
      throw error;
    }
  }

  async #fetch(body) {
    const url = `${this.config.endpoint ?? "https://dataplane.example"}/appmonitors/${this.name}`.replace(/([^:])\/\//, "$1/");
    for (let retries = this.config.retries, pause = 2000; ; pause *= 2) {
      let failure;
      try {
        const { status } = await this.config.fetchFunction(new Request(url, { method: "POST", body }));
        if (status >= 200 && status < 300) return;
        failure = new Error(`${status}`);
        if (status !== 429 && status < 500) retries = 0;
      } catch (error) {
        failure = error;
      }
      if (!retries--) throw failure;
      await new Promise((done) => this.env.globals.setTimeout(done, pause));
    }
  }

  #refused(status, provider) {
    if (status === "403" && this.profile.rebuilds && !this.forbidden++) this.setAwsCredentials(provider);
    else this.disable();
  }
}

const short = (type) => (type.startsWith(PREFIX) ? type.slice(PREFIX.length).replace(/_event$/, "") : type);

/**
 * Defines the global function of the client's script form: a stub that queues commands until the client is loaded. Returns
 * the function that loads the client.
 */
export const scriptStub = (name, page, startsSessions = false) => {
  const kept = [];
  page[name] = (command, payload) => void kept.push([command, payload]);
  page[name].startSession = startsSessions;
  return (client) => {
    // Like the real client, it rejects an unknown command with a promise that nobody gets.
    const push = async (command, payload) => {
      const method = client[command];
      if (!method) throw new Error(`CWR: UnsupportedOperationException: ${command}`);
      if (command === "recordEvent") client.recordEvent(payload.type, payload.data);
      else method.call(client, payload);
    };
    page[name] = (command, payload) => void push(command, payload);
    for (const [command, payload] of kept) page[name](command, payload);
  };
};
