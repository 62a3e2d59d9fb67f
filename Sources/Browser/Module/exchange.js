// SPDX-License-Identifier: Apache-2.0

// Requests to the broker and the validation of its responses.

import { is } from "./options.js";

// Saved before the RUM client's http telemetry replaces fetch: the telemetry would record every request to the broker.
export const request = globalThis.fetch;

export const refusal = (text, status) => Object.assign(new Error(`rum-credentials: ${text}`), { status });

/** Sends one request and reads the whole response. Throws on a network error or after a time-out of 10 seconds. */
export const call = async (url, bearer) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 10000);
  try {
    const answer = await request(url, {
      headers: bearer && { Authorization: `Bearer ${bearer}` },
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
