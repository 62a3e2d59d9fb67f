// SPDX-License-Identifier: Apache-2.0

// A fake page environment under the test's control: both clocks, the timers, the document, and the responses of broker and
// data plane. Nothing sleeps.

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

const immediately = setImmediate;
const turn = () => new Promise((done) => immediately(done));

/** Runs all tasks and microtasks that are ready. It does not wait for an import of a data: URL. */
export const settle = async () => {
  for (let turns = 0; turns < 3; turns++) await turn();
};

/** The part of a document that the module and the client use. */
class FakeDocument extends EventTarget {
  #cookies;

  constructor(cookies) {
    super();
    this.#cookies = cookies;
  }

  get visibilityState() {
    return "visible";
  }

  set cookie(text) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(text);
    if (/Max-Age=0/.test(text)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

export class FakeEnvironment {
  /** The wall clock, in milliseconds. */
  time = Date.parse("2026-11-21T12:00:00Z");
  /** The value of `performance.now()`, in milliseconds. */
  ticks = 5000;
  calls = [];
  /** The broker's handlers for the next calls, in order; further calls get `defaultAnswer`. */
  answers = [];
  defaultAnswer = () => this.credentials();
  /** The data plane's response to a batch, and the batches that it has accepted. */
  dataPlane = () => reply(202);
  received = [];
  batches = [];
  cookies = new Map();
  document = new FakeDocument(this.cookies);
  location = { hostname: "shop.example", pathname: "/", hash: "" };
  /** Performance entries of the page so far, and the functions that get new ones. */
  entries = [];
  entryObservers = new Set();
  #timers = [];
  #number = 0;

  /** The globals that the module uses. */
  globals = {
    fetch: (url, init) => this.#call(url, init),
    setTimeout: (done, after = 0) => {
      const timer = { id: ++this.#number, due: this.ticks + after, done };
      this.#timers.push(timer);
      return timer.id;
    },
    clearTimeout: (id) => {
      this.#timers = this.#timers.filter((timer) => timer.id !== id);
    },
    performance: { now: () => this.ticks },
    now: () => this.time,
    document: this.document,
    location: this.location,
    Event,
    Request,
    Response,
  };

  get timers() {
    return this.#timers.length;
  }

  /** Advances both clocks and runs due timers in order. */
  async advance(milliseconds) {
    const end = this.ticks + milliseconds;
    await settle();
    for (;;) {
      const due = this.#timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#set(Math.max(due.due, this.ticks));
      due.done();
      await settle();
    }
    this.#set(end);
  }

  #set(ticks) {
    this.time += ticks - this.ticks;
    this.ticks = ticks;
  }

  /** A valid response. `name` identifies its credentials; `life` is in milliseconds. */
  credentials(name = `ASIA${this.calls.length}`, life = HOUR, monitor = "id") {
    return reply(200, {
      accessKeyId: name,
      secretAccessKey: "secret",
      sessionToken: "session",
      expiration: new Date(this.time + life).toISOString(),
      appMonitor: { id: monitor, name: "Shop", region: "us-west-2", endpoint: "https://dataplane.example" },
    });
  }

  /** A resource that the page has loaded just now. */
  loaded(name, initiatorType = "script", duration = 0) {
    const entry = { entryType: "resource", name, initiatorType, startTime: this.ticks - duration, duration };
    this.entries.push(entry);
    for (const observer of [...this.entryObservers]) observer([entry]);
  }

  beacon(batch) {
    this.received.push(batch);
  }

  async #batch(request) {
    this.batches.push(request);
    const answer = await this.dataPlane(request);
    if (answer.ok) this.received.push(JSON.parse(await request.text()));
    return answer;
  }

  async #call(url, init) {
    if (typeof url !== "string") return this.#batch(url);
    const call = { url, init, at: this.ticks, token: new Headers(init.headers).get("authorization") };
    this.calls.push(call);
    const answer = this.answers.shift() ?? this.defaultAnswer;
    const aborted = new Promise((_, reject) => {
      call.abort = () => reject(new DOMException("aborted", "AbortError"));
      init.signal.addEventListener("abort", call.abort);
    });
    return Promise.race([aborted, answer(call)]);
  }
}

export const reply = (status, body = {}, headers = {}) =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });

export const offline = () => Promise.reject(new TypeError("Failed to fetch"));

/** A promise with its resolving functions. */
export const deferred = () => {
  let resolve, reject;
  const promise = new Promise((...handles) => ([resolve, reject] = handles));
  return { promise, resolve, reject };
};

/** The state of a promise, without waiting for it: "pending", `{ value }` or `{ error }`. */
export const stateOf = async (promise) => {
  await settle();
  return Promise.race([promise.then((value) => ({ value }), (error) => ({ error })), turn().then(() => "pending")]);
};
