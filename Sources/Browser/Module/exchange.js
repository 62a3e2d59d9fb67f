// One request to the broker, and its answer.

import { is } from "./options.js";
import { SECOND } from "./time.js";

// Taken before the client's http telemetry replaces it, which would record every call of the broker.
const request = globalThis.fetch;

export const refusal = (text, status) => Object.assign(new Error(`rum-credentials: ${text}`), { status });

/** One exchange with the broker; throws where it did not come to an end in time. */
export const call = async (url, bearer) => {
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

export const read = (body) => {
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
