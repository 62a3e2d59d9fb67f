// SPDX-License-Identifier: Apache-2.0

import { call, read, refusal } from "./exchange.js";
import { address, callable } from "./options.js";
import { hush } from "./switch.js";
import { MINUTE, backoff, delay, never, stopwatch } from "./time.js";

/**
 * A provider for one user, or for guests if `token` is undefined.
 *
 * It caches credentials in memory and has at most one request in flight. `wake` ends the pause of a provider that has
 * not yet received a token, and returns true if there was such a pause.
 */
export const provide = (url, token) => {
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
          // Credentials stay in the cache for at least a minute: a wrong page clock must not cause one request per batch.
          memo = {
            promise,
            age: stopwatch(),
            good: Math.max(life - 10000, MINUTE),
            fresh: Math.max(life - Math.min(life / 4, 300000), MINUTE),
          };
          provider.monitor = appMonitor;
          hush();
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
      // The RUM client's first call has no rejection handler. This one keeps a refusal from becoming a page error.
      promise.catch(() => {});
    }
    return flight;
  };

  const provider = () => {
    if (!memo || memo.age() >= memo.good) return fly();
    if (memo.age() > memo.fresh) fly();
    return memo.promise;
  };
  provider.close = () => {
    closed = true;
  };
  return { provider, wake: () => wake && !wake() };
};

/** @type {typeof import("./rum-credentials").credentials} */
export function credentials({ broker, app, token }) {
  callable(token);
  return provide(address(broker, app, "credentials"), token).provider;
}

/** @type {typeof import("./rum-credentials").guestCredentials} */
export function guestCredentials({ broker, app }) {
  return provide(address(broker, app, "guest-credentials")).provider;
}
