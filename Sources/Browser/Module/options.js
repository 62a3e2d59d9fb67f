// SPDX-License-Identifier: Apache-2.0

// Validation of the caller's options.

export const wrong = (text) => {
  throw new TypeError(`rum-credentials: ${text}`);
};

export const is = (type, it) => typeof it === type;

export const base = (broker) => {
  try {
    const url = new URL(broker);
    const safe = /^(https:|http:\/\/(localhost|127\.0\.0\.1|\[::1])(:|$))/.test(url.origin);
    if (safe && !(url.username + url.password + url.search + url.hash))
      return url.origin + url.pathname.replace(/\/+$/, "");
  } catch {}
  return wrong("broker must be a plain https URL");
};

export const address = (broker, app, resource = "") => {
  // URL parsers resolve "." and ".." as dot segments, even when percent-encoded (WHATWG URL §4.1).
  if (!is("string", app) || !/^[^.]/.test(app)) wrong("app must be the name of an app");
  return `${base(broker)}/v1/apps/${encodeURIComponent(app)}/${resource}`;
};

export const callable = (it, name = "token") => is("function", it) || wrong(`${name} must be a function`);
