// Clocks and pauses, in milliseconds.

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** Time since the call, by the clock that tells more: one stands still while a computer sleeps, the other may be set. */
export const stopwatch = () => {
  const ticks = performance.now();
  const time = Date.now();
  return () => Math.max(performance.now() - ticks, Date.now() - time);
};

/** Milliseconds, at most 5 minutes, of a delay in seconds or a date (RFC 9110 §10.2.3). */
export const delay = (retryAfter) => {
  const wanted = /^\d+$/.test(retryAfter) ? retryAfter * SECOND : Date.parse(retryAfter) - Date.now();
  return wanted > 0 ? Math.min(wanted, 5 * MINUTE) + Math.random() * SECOND : 0;
};

/** Milliseconds, from 1 second on and doubling, so spread that pages don't come back together. */
export const backoff = (tries, limit) => (Math.min(2 ** (tries + 1), limit) / 2) * (1 + Math.random()) * SECOND;
