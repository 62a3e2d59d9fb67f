// SPDX-License-Identifier: Apache-2.0

import { atOnce } from "./sha256.js";
import { presignedAddress, signedHeaders } from "./signing.js";

import { profiles } from "./stand-in-profiles.js";
import { telemetriesOf } from "./stand-in-telemetry.js";

const batchLimit = 100;
const beaconLimit = 64000;
const compressedFrom = 2048;
const encoder = new TextEncoder();

/**
 * Replaces the CloudWatch RUM web client (`AwsRum` of aws-rum-web) if its CDN is not reachable. It has the same constructor
 * and commands and sends the same requests to the data plane, in the same order and with the same defects. The setting
 * `behavesLike` chooses one of `profiles`.
 */
export class StandIn {
  #monitor;
  #region;
  #profile;
  #visit;
  #telemetries;
  #queue = [];
  #candidates = new Map();
  #page;
  #attributes = {};
  #provider;
  #enabled = true;
  #timer;
  #mayRebuild = true;

  constructor(id, version, region, config) {
    this.#monitor = { id, version };
    this.#region = region;
    this.config = {
      dispatchInterval: 5000, retries: 2, enableRumClient: true, signing: true, useBeacon: true, behavesLike: "3.2",
      fetchFunction: fetch, ...config,
    };
    this.#profile = profiles[this.config.behavesLike];
    this.#visit = new Visit(id, this.config);
    if (this.#profile.startsSessions) this.startSession = () => this.#startSession();
    this.#page = this.#visit.resumed;
    this.#telemetries = telemetriesOf(this.config, {
      error: (error) => this.recordError(error),
      resource: (entry) => this.#recordResource(entry),
      vital: (type, value, options) => this.#recordVital(type, value, options),
      http: (request, status) => this.#record(event("http"), { version: "1.0.0", request, response: { status } }),
    });
    // Like the real client, it observes and records while it is created, whether or not it is to be enabled.
    for (const telemetry of this.#telemetries) telemetry.enable();
    if (!this.config.disableAutoPageView) this.recordPageView(location.pathname);
    if (this.config.enableRumClient) this.enable();
    else this.disable();
  }

  setAwsCredentials(provider) {
    this.#provider = provider;
    // Called ahead, so that a beacon does not wait for the network. Like the real client, it does not catch a rejection.
    if (typeof provider === "function") provider();
  }

  enable() {
    this.#enabled = true;
    for (const telemetry of this.#telemetries) telemetry.enable();
    document.addEventListener("visibilitychange", this.#hidden);
    document.addEventListener("pagehide", this.#hidden);
    this.#timer ??= setInterval(() => this.#send().catch(() => {}), this.config.dispatchInterval);
  }

  disable() {
    this.#enabled = false;
    for (const telemetry of this.#telemetries) telemetry.disable();
    document.removeEventListener("visibilitychange", this.#hidden);
    document.removeEventListener("pagehide", this.#hidden);
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  allowCookies(allow) {
    this.#visit.allowCookies(allow);
  }

  addSessionAttributes(attributes) {
    Object.assign(this.#attributes, attributes);
  }

  /** A disabled client only takes the page as its current one. The same page again is no view. */
  recordPageView(payload) {
    const page = typeof payload === "string" ? payload : payload.pageId;
    if (page === this.#page) return;
    this.#page = page;
    this.#record(event("page_view"), { version: "1.0.0", pageId: page });
  }

  recordEvent(type, data) {
    this.#record(type, data);
  }

  recordError(error) {
    const { name = "Error", message = String(error), stack } = error instanceof Error ? error : {};
    this.#record(event("js_error"), { version: "1.0.0", type: name, message, stack });
  }

  /** Returns nothing: nobody can handle its failure. */
  dispatch() {
    this.#send();
  }

  dispatchBeacon() {
    const batch = this.#take();
    if (batch) this.#beacon(batch).catch(() => this.#fetch(batch));
  }

  #startSession() {
    this.#visit.end();
    if (this.#enabled) this.#begin();
  }

  async #send() {
    const batch = this.#take();
    if (batch) await this.#fetch(batch).catch((error) => this.#refused(error));
  }

  #hidden = () => {
    if (document.visibilityState !== "hidden") return;
    const batch = this.#take([...this.#candidates.values()]);
    if (!batch) return;
    this.#candidates.clear();
    const ways = [() => this.#beacon(batch), () => this.#fetch(batch)];
    if (!this.config.useBeacon) ways.reverse();
    ways[0]().catch(ways[1]).catch(() => {});
  };

  #recordResource({ name: targetUrl, initiatorType, startTime, duration }) {
    // Calls of the data plane are never recorded.
    if (targetUrl.includes("/appmonitors/")) return;
    const fileType = /\.(js|css|html|woff2?)(\?|$)/.test(targetUrl) ? "recorded" : "sampled";
    this.#record(event("performance_resource"), { version: "1.0.0", initiatorType, startTime, duration, fileType, targetUrl });
  }

  #recordVital(type, value, { reportAllCLS, reportAllINP }) {
    const details = { version: "1.0.0", value };
    if (type === "cumulative_layout_shift" ? reportAllCLS : reportAllINP) return this.#record(event(type), details);
    if (this.#enabled) this.#candidates.set(type, this.#event(event(type), details));
  }

  #record(type, details) {
    if (!this.#enabled) return;
    // Like the real client, it starts no session for an event that says so.
    if (type !== event("session_start")) this.#begin();
    this.#push(type, details);
    this.#visit.remember(this.#page);
  }

  #begin() {
    if (this.#visit.begin(this.#page)) this.#push(event("session_start"), { version: "1.0.0" });
  }

  #push(type, details) {
    if (this.#queue.length < this.#profile.queue) this.#queue.push(this.#event(type, details));
  }

  #event(type, details) {
    const page = { pageId: this.#page, title: document.title };
    return {
      id: crypto.randomUUID(),
      timestamp: Math.round(Date.now() / 1000),
      type,
      metadata: JSON.stringify({ ...page, ...(!this.#profile.sessionMetadata && this.#session) }),
      details: JSON.stringify(details),
    };
  }

  /** What is the same for all events of a session. */
  get #session() {
    return {
      version: "1.0.0",
      domain: location.hostname,
      browserLanguage: navigator.language,
      "aws:client": "stand-in",
      "aws:clientVersion": this.config.behavesLike,
      ...this.#attributes,
    };
  }

  /** Removes a batch from the queue, before credentials are requested. Events beyond the limit of a batch stay queued. */
  #take(candidates = []) {
    if (!this.#enabled || !(this.#queue.length + candidates.length)) return undefined;
    return JSON.stringify({
      BatchId: crypto.randomUUID(),
      AppMonitorDetails: this.#monitor,
      UserDetails: this.#visit.user,
      ...(this.#profile.sessionMetadata && { SessionMetadata: JSON.stringify(this.#session) }),
      RumEvents: [...candidates, ...this.#queue.splice(0, batchLimit - candidates.length)],
    });
  }

  async #request(contentType, batch) {
    const provider = this.#provider;
    if (this.config.signing && !provider) throw new Error("no credentials");
    const credentials = typeof provider === "function" ? await provider() : provider;
    const url = new URL(`${this.config.endpoint.replace(/\/$/, "")}/appmonitors/${this.#monitor.id}`);
    const headers = { "content-type": contentType };
    return [{ method: "POST", url, headers, body: encoder.encode(batch) }, credentials];
  }

  async #fetch(batch) {
    const [request, credentials] = await this.#request("application/json", batch);
    const { compresses } = this.#profile;
    if (request.body.length > compressedFrom && (compresses === true || (compresses && this.config.compressionStrategy?.enabled))) {
      const stream = new Blob([request.body]).stream().pipeThrough(new CompressionStream("gzip"));
      request.body = new Uint8Array(await new Response(stream).arrayBuffer());
      request.headers["content-encoding"] = "gzip";
    }
    const { method, body } = request;
    const headers = this.config.signing ? await signedHeaders(request, credentials, this.#region) : request.headers;
    // Like the real client, it does not sign retries again.
    for (let retries = this.config.retries, pause = 2000; ; pause *= 2) {
      const sent = this.config.fetchFunction.call(window, new Request(request.url, { method, headers, body }));
      const status = await sent.then((answer) => answer.status, () => 0);
      if (status >= 200 && status < 300) return;
      if (!retries-- || (status && status !== 429 && status < 500)) throw new Error(String(status));
      await new Promise((done) => setTimeout(done, pause));
    }
  }

  async #beacon(batch) {
    if (batch.length > beaconLimit) throw new Error("the batch is too large for a beacon");
    const [request, credentials] = await this.#request("text/plain;charset=UTF-8", batch);
    const address = this.config.signing
      ? await presignedAddress(request, credentials, this.#region, { hash: atOnce })
      : request.url.href;
    if (!navigator.sendBeacon(address, batch)) throw new Error("the browser rejected the beacon");
  }

  /** A 403 sets the provider again, once and if the version does that; otherwise it disables the client, as a 404 does. */
  #refused(error) {
    if (error.message === "403" && this.#profile.rebuilds && this.#mayRebuild) {
      this.#mayRebuild = false;
      this.setAwsCredentials(this.#provider);
    } else if (error.message === "403" || error.message === "404") {
      this.disable();
    }
    throw error;
  }
}

const event = (name) => `com.amazon.rum.${name}_event`;

/** The visitor's user id and session, in cookies if they are allowed. All clients of a page have one cookie for the user. */
class Visit {
  #name;
  #attributes;
  #allowed;
  #user;
  #session;
  #end;

  constructor(id, { allowCookies = false, cookieAttributes = {}, userIdRetentionDays = 30 }) {
    this.#name = cookieAttributes.unique ? `cwr_s_${id}` : "cwr_s";
    this.#attributes = `; Domain=${location.hostname}; Path=/; SameSite=Strict${cookieAttributes.secure === false ? "" : "; Secure"}`;
    this.#allowed = allowCookies;
    this.#user = userIdRetentionDays ? (this.#read("cwr_u") ?? crypto.randomUUID()) : "00000000-0000-0000-0000-000000000000";
    if (userIdRetentionDays) this.#write("cwr_u", this.#user, userIdRetentionDays * 24 * 3600);
    const kept = this.#read(this.#name);
    if (kept) ({ sessionId: this.#session, page: this.resumed } = JSON.parse(atob(kept)));
  }

  allowCookies(allowed) {
    this.#allowed = allowed;
  }

  /** Returns whether this event starts a session. A session lasts 30 minutes after its last event. */
  begin(page) {
    const starts = !this.#session || Date.now() > this.#end;
    if (starts) this.#session = crypto.randomUUID();
    this.remember(page);
    return starts;
  }

  remember(page) {
    this.#end = Date.now() + 1800_000;
    this.#write(this.#name, btoa(JSON.stringify({ sessionId: this.#session, page })), 1800);
  }

  end() {
    this.#session = undefined;
  }

  get user() {
    return { userId: this.#user, sessionId: this.#session };
  }

  #read(name) {
    if (!this.#allowed) return undefined;
    return document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  }

  #write(name, value, seconds) {
    if (this.#allowed) document.cookie = `${name}=${value}; Max-Age=${seconds}${this.#attributes}`;
  }
}
