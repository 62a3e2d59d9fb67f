// SPDX-License-Identifier: Apache-2.0

// Clocks, delays and backoff, all in milliseconds.

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

export const now = () => performance.now();

/** A promise that never settles. On a rejection the RUM client records a page error or disables itself. */
export const never = () => new Promise(() => {});

/**
 * Measures the time since the call with the clock that advanced further: `performance.now()` can stop while a computer
 * sleeps, and `Date.now()` can be set back.
 */
export const stopwatch = () => {
  const ticks = now();
  const time = Date.now();
  return () => Math.max(now() - ticks, Date.now() - time);
};

/**
 * The delay of a `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), capped at 5 minutes. Up to one second of
 * jitter is added, so that pages do not retry at the same time. 0 if the value is missing, invalid or in the past.
 */
export const delay = (retryAfter) => {
  const wanted = /^\d+$/.test(retryAfter) ? retryAfter * SECOND : Date.parse(retryAfter) - Date.now();
  return wanted > 0 ? Math.min(wanted, 300000) + Math.random() * SECOND : 0;
};

/**
 * Exponential backoff with jitter: the upper bound starts at 2 seconds and doubles up to `limit` seconds; the pause is a
 * random value between half of the bound and the bound.
 */
export const backoff = (tries, limit) => (Math.min(2 ** (tries + 1), limit) / 2) * (1 + Math.random()) * SECOND;
