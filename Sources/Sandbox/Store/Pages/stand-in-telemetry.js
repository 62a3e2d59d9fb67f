// SPDX-License-Identifier: Apache-2.0

/** The default of the performance telemetry's `ignore`. */
const ignored = ({ entryType, name, initiatorType }) =>
  entryType === "resource" && (!/^https?:/.test(name) || /^(fetch|xmlhttprequest)$/.test(initiatorType));
const options = (telemetries, name) => {
  const found = telemetries.find((telemetry) => telemetry === name || telemetry[0] === name);
  return found && (typeof found === "string" ? {} : found[1]);
};

/** Records uncaught errors and unhandled rejections while it is enabled. */
class Errors {
  #record;

  constructor(record) {
    this.#record = record;
  }

  enable() {
    addEventListener("error", this.#thrown);
    addEventListener("unhandledrejection", this.#rejected);
  }

  disable() {
    removeEventListener("error", this.#thrown);
    removeEventListener("unhandledrejection", this.#rejected);
  }

  #thrown = ({ error, message }) => this.#record(error ?? message);
  #rejected = ({ reason }) => this.#record(reason);
}

/** Records resources. Each time it is enabled it gets all entries of the page again, because it asks for buffered ones. */
class Resources {
  #observer;

  constructor(record, { ignore = ignored }) {
    this.#observer = new PerformanceObserver((list) => list.getEntries().forEach((entry) => ignore(entry) || record(entry)));
  }

  enable() {
    this.#observer.observe({ type: "resource", buffered: true });
  }

  disable() {
    this.#observer.disconnect();
  }
}

/** Records CLS and INP as candidates, of which the last value is sent. It is never disabled. */
class WebVitals {
  constructor(record) {
    let shift = 0;
    let longest = 0;
    const observe = (type, take, more = {}) => {
      if (!PerformanceObserver.supportedEntryTypes.includes(type)) return;
      new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
    };
    observe("layout-shift", ({ value, hadRecentInput }) => {
      if (!hadRecentInput) record("cumulative_layout_shift", (shift += value));
    });
    const interaction = ({ interactionId, duration }) => {
      if (interactionId && duration > longest) record("interaction_to_next_paint", (longest = duration));
    };
    observe("event", interaction, { durationThreshold: 16 });
  }

  enable() {}
  disable() {}
}

/** Replaces `fetch` while it is enabled: failures are recorded, and calls get a trace header where that is configured. */
class Http {
  #config;
  #record;
  #replaced;

  constructor(record, config, tracing) {
    this.#config = { urlsToExclude: [], addXRayTraceIdHeader: false, ...config, tracing };
    this.#record = record;
  }

  enable() {
    if (this.#replaced) return;
    const original = (this.#replaced = window.fetch);
    window.fetch = (input, init) => this.#fetch(original, input, init);
  }

  disable() {
    if (this.#replaced) window.fetch = this.#replaced;
    this.#replaced = undefined;
  }

  async #fetch(original, input, init) {
    const url = String(input.url ?? input);
    const { urlsToExclude, addXRayTraceIdHeader: traced, tracing } = this.#config;
    if (urlsToExclude.some((pattern) => pattern.test(url))) return original.call(window, input, init);
    if (tracing && (Array.isArray(traced) ? traced.some((pattern) => pattern.test(url)) : traced)) {
      const headers = new Headers(init?.headers ?? input.headers);
      headers.set("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
      init = { ...init, headers };
    }
    const answer = await original.call(window, input, init);
    if (!answer.ok) this.#record({ url, method: init?.method ?? input.method ?? "GET" }, answer.status);
    return answer;
  }
}

/** The telemetries of a configuration. `record` has a function for what each of them finds. */
export const telemetriesOf = ({ telemetries = ["errors", "performance", "http"], enableXRay }, record) => {
  const [performance, http] = ["performance", "http"].map((name) => options(telemetries, name));
  return [
    options(telemetries, "errors") && new Errors(record.error),
    performance && new Resources(record.resource, performance),
    performance && new WebVitals((type, value) => record.vital(type, value, performance)),
    http && new Http(record.http, http, enableXRay),
  ].filter(Boolean);
};
