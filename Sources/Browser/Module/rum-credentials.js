/*! Purser rum-credentials 1.0.0 | Apache-2.0 */

/** Released files never change: a change here needs a new version, see `make module`. */
export const version = "1.0.0";

// Taken before the client's http telemetry replaces it, which would record every call of the broker.
const request = globalThis.fetch;

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const wrong = (text) => {
  throw new TypeError(`rum-credentials: ${text}`);
};

/** Time since the call, by the clock that tells more: one stands still while a computer sleeps, the other may be set. */
const stopwatch = () => {
  const ticks = performance.now();
  const time = Date.now();
  return () => Math.max(performance.now() - ticks, Date.now() - time);
};

/** Settles never. The client reports a rejection as an error of the page, or even disables itself. */
const never = () => new Promise(() => {});

const is = (type, it) => typeof it === type;

const base = (broker) => {
  try {
    const url = new URL(broker);
    const { protocol, hostname } = url;
    const local = protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1])$/.test(hostname);
    if ((local || protocol === "https:") && !(url.username + url.password + url.search + url.hash))
      return url.origin + url.pathname.replace(/\/+$/, "");
  } catch {}
  return wrong("broker must be an absolute https URL without user, query and fragment");
};

const address = (broker, app, resource) => {
  // "." and ".." would not stay what they are in a path.
  if (!is("string", app) || !/^[^.]/.test(app)) wrong("app must be the name of an app");
  return `${base(broker)}/v1/apps/${encodeURIComponent(app)}/${resource}`;
};

const callable = (token) => is("function", token) || wrong("token must be a function");

const refusal = (text, status) => Object.assign(new Error(`rum-credentials: ${text}`), { status });

/** One exchange with the broker; throws where it did not come to an end in time. */
const call = async (url, bearer) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 10 * SECOND);
  try {
    const answer = await request(url, {
      headers: bearer ? { Authorization: `Bearer ${bearer}` } : {},
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      redirect: "error",
      signal: abort.signal,
    });
    return { answer, body: await answer.text() };
  } finally {
    clearTimeout(timer);
  }
};

const read = (body) => {
  let answer;
  try {
    answer = JSON.parse(body);
  } catch {}
  const { accessKeyId, secretAccessKey, sessionToken, expiration, appMonitor } = answer ?? {};
  const date = new Date(expiration);
  if ([accessKeyId, secretAccessKey, sessionToken, expiration].some((it) => !it || !is("string", it)) || isNaN(date))
    throw refusal("the broker's answer is no credentials");
  return { credentials: { accessKeyId, secretAccessKey, sessionToken, expiration: date }, appMonitor };
};

/** Milliseconds, at most 5 minutes, of a delay in seconds or a date (RFC 9110 §10.2.3). */
const delay = (retryAfter) => {
  const wanted = /^\d+$/.test(retryAfter) ? retryAfter * SECOND : Date.parse(retryAfter) - Date.now();
  return wanted > 0 ? Math.min(wanted, 5 * MINUTE) + Math.random() * SECOND : 0;
};

/** Milliseconds, from 1 second on and doubling, so spread that pages don't come back together. */
const backoff = (tries, limit) => (Math.min(2 ** (tries + 1), limit) / 2) * (1 + Math.random()) * SECOND;

const provide = (url, token) => {
  let memo;
  let flight;
  let refused;
  let closed;
  let identified;
  let wake;

  const ask = async () => {
    let failures = 0;
    let absences = 0;
    let rejections = 0;
    while (!closed) {
      let absent;
      let reply;
      try {
        const bearer = token && (await token());
        if (closed) break;
        absent = token && !bearer;
        if (!absent) {
          identified = true;
          reply = !token || /^[!-~]+$/.test(bearer) ? await call(url, bearer) : { answer: { status: 0 } };
        }
      } catch {}
      let least = 0;
      if (reply) {
        const { ok, status, headers } = reply.answer;
        if (ok) return read(reply.body);
        if (token && status === 401) {
          if (!rejections++) continue;
        } else if (status !== 429 && status < 500) {
          throw refusal(status ? `the broker answered ${status}` : "token() gave no token", status);
        }
        least = delay(headers.get("Retry-After"));
      }
      const pause = absent ? backoff(absences++, 5) : backoff(failures++, 30);
      await new Promise((done) => {
        wake = !identified && done;
        setTimeout(done, Math.max(pause, least));
      });
      wake = 0;
    }
    return never();
  };

  const fly = () => {
    if (!flight) {
      if (closed) return never();
      if (refused && refused.age() < MINUTE) return refused.promise;
      const promise = (flight = ask().then(
        ({ credentials, appMonitor }) => {
          const life = credentials.expiration - Date.now();
          // However wrong the page's clock is, no batch needs a call of its own.
          memo = {
            promise,
            age: stopwatch(),
            good: Math.max(life - 10 * SECOND, MINUTE),
            fresh: Math.max(life - Math.min(life / 4, 5 * MINUTE), MINUTE),
          };
          provider.monitor = appMonitor;
          flight = 0;
          return credentials;
        },
        (error) => {
          if (closed) return never();
          refused = { promise, age: stopwatch() };
          flight = 0;
          throw error;
        }
      ));
      // The client's first call has no handler: without this one a refusal would be an error of the page.
      promise.catch(() => {});
    }
    return flight;
  };

  const provider = () => {
    const age = memo ? memo.age() : Infinity;
    if (!memo || age >= memo.good) return fly();
    if (age > memo.fresh) fly();
    return memo.promise;
  };
  provider.close = () => {
    closed = true;
  };
  return { provider, wake: () => wake && !wake() };
};

export function credentials({ broker, app, token }) {
  callable(token);
  return provide(address(broker, app, "credentials"), token).provider;
}

export function guestCredentials({ broker, app }) {
  return provide(address(broker, app, "guest-credentials")).provider;
}

export function clientConfig({ broker }) {
  const calls = new RegExp(`^${base(broker).replace(/\W/g, "\\$&")}/v1/apps/`);
  return {
    enableRumClient: false,
    cookieAttributes: { unique: true },
    telemetries: ["errors", "performance", ["http", { urlsToExclude: [calls] }]],
  };
}

/** A function that gives the client commands, and lets no error of theirs out. */
const commander = (client, broker) => {
  const named = is("string", client);
  const made = is("function", client);
  if (!is("function", named ? globalThis[client] : made ? client : client.setAwsCredentials))
    wrong(named ? `there is no function ${client}` : "a client is an AwsRum, the name of one or a function");
  let instance = !made && client;
  return (name, payload) => {
    if (!instance) {
      instance = {};
      try {
        instance = client(clientConfig({ broker }));
      } catch (error) {
        // The application's own mistake, which it shall see, but not here.
        setTimeout(() => {
          throw error;
        });
      }
    }
    try {
      const done = named ? globalThis[client](name, payload) : instance[name](payload);
      if (done) done.catch(() => {});
    } catch {}
  };
};

export function connect({ broker, app, token, signedIn, guest }) {
  if (!signedIn && !guest) wrong("signedIn or guest is missing");
  if (signedIn) callable(token);
  const users = signedIn && commander(signedIn, broker);
  const guests = guest && commander(guest, broker);
  const url = address(broker, app, "credentials");
  const visitor = guestCredentials({ broker, app });
  let user;
  let active;
  let decided;

  /** In one turn, so that no event falls between the two. */
  const change = (next, provider) => {
    const last = user;
    if (active) {
      // Ten batches of 100 are all that the queue can hold. Batches leave it at once and wait for their credentials.
      for (let batch = 0; batch < 10; batch++) active("dispatch");
      active("disable");
    }
    active = next;
    user = next && next === users && provider;
    if (next) {
      next("setAwsCredentials", user ? user.provider : provider);
      next("enable");
    }
    if (last) last.provider.close();
  };

  const connection = {
    signIn() {
      decided = decided || 1;
      if (!users || decided > 1 || (user && user.wake())) return;
      change(users, provide(url, token));
    },
    signOut() {
      decided = decided || 1;
      if (decided > 1 || (active && active === guests)) return;
      change(guests, visitor);
    },
    get isSignedIn() {
      return !!user;
    },
    close() {
      decided = 2;
      change();
      visitor.close();
    },
  };

  const begin = (bearer) => {
    if (!decided) bearer ? connection.signIn() : connection.signOut();
  };
  if (users) (async () => token())().then(begin, () => begin());
  else begin();
  return connection;
}
