import { call, read, refusal } from "./exchange.js";
import { address, callable } from "./options.js";
import { MINUTE, SECOND, backoff, delay, stopwatch } from "./time.js";

/** Settles never. The client reports a rejection as an error of the page, or even disables itself. */
const never = () => new Promise(() => {});

/** The credentials of one user, or of guests where there is no `token`. */
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

/** @type {typeof import("./rum-credentials").credentials} */
export function credentials({ broker, app, token }) {
  callable(token);
  return provide(address(broker, app, "credentials"), token).provider;
}

/** @type {typeof import("./rum-credentials").guestCredentials} */
export function guestCredentials({ broker, app }) {
  return provide(address(broker, app, "guest-credentials")).provider;
}
