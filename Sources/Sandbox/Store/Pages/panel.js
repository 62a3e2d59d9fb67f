// SPDX-License-Identifier: Apache-2.0

import { breakable, element } from "./elements.js";

const shown = 40;
const every = 1000;
const resource = "com.amazon.rum.performance_resource_event";
const ofClient = /^com\.amazon\.rum\.(?:performance_)?(.*?)(?:_event)?$/;
/** Shorter names than those in the types. */
const kinds = {
  js_error: "error",
  largest_contentful_paint: "largest paint",
  first_contentful_paint: "first paint",
  time_to_first_byte: "first byte",
  first_input_delay: "first input",
  cumulative_layout_shift: "layout shift",
  interaction_to_next_paint: "interaction",
};

/** Lists the requests that the sandbox's data plane received, each with its monitor, session, status and error. */
export class Panel {
  #settings;
  #counters;
  #list;
  #news;
  #sequence = 0;

  constructor(place, settings) {
    this.#settings = settings;
    this.#counters = element("dl", { class: "counters" });
    this.#list = element("ol", { class: "requests", tabindex: "0", "aria-label": "Requests, newest first" });
    this.#news = element("p", { class: "visually-hidden", "aria-live": "polite" });
    place.append(this.#counters, this.#news, this.#list);
  }

  watch() {
    const look = async () => {
      if (document.visibilityState === "visible") await this.#look();
      setTimeout(look, every);
    };
    look();
  }

  async #look() {
    let report;
    try {
      const answer = await fetch(`${this.#settings.sandbox}/_sandbox/events?after=${this.#sequence}`);
      report = await answer.json();
    } catch {
      this.#say("The sandbox can't be reached.", true);
      return;
    }
    if (report.requests < this.#sequence) this.#forget();
    this.#count(report.monitors);
    if (!report.last.length) return this.#say("");
    this.#sequence = report.last[0].sequence;
    this.#list.prepend(...report.last.map((request) => this.#row(request)));
    while (this.#list.children.length > shown) this.#list.lastChild.remove();
    const { status, monitor, error } = report.last[0];
    this.#say(`${monitor ?? "No monitor"}: ${status}${error ? `, ${error}` : ""}`);
  }

  /** Announces news to screen readers. News that is `amiss` is also visible. */
  #say(news, amiss = false) {
    this.#news.className = amiss ? "problem" : "visually-hidden";
    if (this.#news.textContent !== news) this.#news.textContent = news;
  }

  /** Clears the list after a restart of the sandbox, which numbers its requests from the start again. */
  #forget() {
    this.#sequence = 0;
    this.#list.replaceChildren();
  }

  #count(monitors) {
    const counter = ({ name, refused, events }) =>
      element("div", { "data-kind": this.#kind(name) }, element("dt", {}, breakable(name)),
        element("dd", {}, element("strong", {}, events), ` ${events === 1 ? "event" : "events"}, ${refused} refused`));
    this.#counters.replaceChildren(...monitors.map(counter));
  }

  #kind(monitor) {
    return { [this.#settings.signedIn.name]: "user", [this.#settings.guest.name]: "guest" }[monitor];
  }

  #row(request) {
    const { sequence, status, monitor, action, error, message } = request;
    return element("li", { "data-kind": this.#kind(monitor), "data-status": status, "data-sequence": sequence },
      element("p", { class: "first" },
        element("span", { class: "status" }, status),
        element("strong", {}, monitor ?? "unknown monitor")),
      action !== "rum:PutRumEvents" && element("p", {}, action),
      error && element("p", { class: "why" }, element("strong", {}, error), ` ${shortened(message, request.session)}`),
      request.events && this.#events(request.events),
      element("p", { class: "quiet" }, [time(request), session(request), form(request)].join(" · ")));
  }

  /** The events, and behind a summary the resources that the client recorded: they are many, and not the store's own. */
  #events(events) {
    const own = events.filter(({ type }) => type !== resource);
    const resources = events.filter(({ type }) => type === resource);
    const list = (some) => element("ul", { class: "events" }, some.map((event) => this.#event(event)));
    return element("div", {}, own.length > 0 && list(own), resources.length > 0 &&
      element("details", { class: "resources" },
        element("summary", {}, resources.length === 1 ? "1 resource" : `${resources.length} resources`), list(resources)));
  }

  #event({ id, type, page, detail }) {
    const name = ofClient.exec(type)?.[1];
    return element("li", { "data-id": id, "data-type": type, "data-own": !name },
      element("span", { class: "type" }, (kinds[name] ?? name ?? type).replaceAll("_", " ")),
      type !== resource && page !== undefined && ` ${page}`, detail !== undefined && element("em", {}, ` ${detail}`));
  }
}

const time = ({ time }) => new Date(time).toLocaleTimeString();

/** Shortens session names of users: they are long pseudonyms. */
const short = (session) => (session.length > 24 ? `${session.slice(0, 12)}…` : session);
const shortened = (text, session) => (session ? text.replaceAll(session, short(session)) : text);

function session({ session, role, tags }) {
  if (!session) return "no verified session";
  const name = role?.split("/").pop();
  const tagged = Object.entries(tags ?? {}).map(([key, value]) => `${key}=${value}`);
  return [`${name} / ${short(session)}`, ...tagged].join(", ");
}

function form({ bytes, contentEncoding, isPresigned, events }) {
  if (bytes === undefined) return "not read";
  const size = bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`;
  const client = events?.[0]?.client;
  return [isPresigned ? "beacon" : "fetch", contentEncoding, size, client].filter(Boolean).join(", ");
}
