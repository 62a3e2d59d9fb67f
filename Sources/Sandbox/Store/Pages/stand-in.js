// SPDX-License-Identifier: Apache-2.0

import { atOnce } from "./sha256.js";
import { presignedAddress, signedHeaders } from "./signing.js";

const batchLimit = 100;
const queueLimit = 1000;
const beaconLimit = 64000;
const compressedFrom = 2048;
const encoder = new TextEncoder();

/**
 * Replaces the CloudWatch RUM web client (`AwsRum` of aws-rum-web) if its CDN is not reachable. It has the same constructor
 * and commands and sends the same requests to the data plane, in the same order and with the same defects.
 */
export class StandIn {
  #monitor;
  #region;
  #config;
  #visit;
  #queue = [];
  #page;
  #attributes = {};
  #provider;
  #enabled = false;
  #timer;
  #mayRebuild = true;

  constructor(id, version, region, config) {
    this.#monitor = { id, version };
    this.#region = region;
    this.#config = { dispatchInterval: 5000, retries: 2, enableRumClient: true, ...config };
    this.#visit = new Visit(id, this.#config.allowCookies);
    addEventListener("error", ({ error, message }) => this.recordError(error ?? message));
    addEventListener("unhandledrejection", ({ reason }) => this.recordError(reason));
    if (this.#config.enableRumClient) this.enable();
  }

  setAwsCredentials(provider) {
    this.#provider = provider;
    // Called ahead, so that a beacon does not wait for the network. Like the real client, it does not catch a rejection.
    if (typeof provider === "function") provider();
  }

  enable() {
    if (this.#enabled) return;
    this.#enabled = true;
    document.addEventListener("visibilitychange", this.#hidden);
    this.#timer = setInterval(() => this.dispatch(), this.#config.dispatchInterval);
  }

  disable() {
    this.#enabled = false;
    document.removeEventListener("visibilitychange", this.#hidden);
    clearInterval(this.#timer);
  }

  allowCookies(allow) {
    this.#visit.allowCookies(allow);
  }

  addSessionAttributes(attributes) {
    Object.assign(this.#attributes, attributes);
  }

  recordPageView(payload) {
    this.#page = typeof payload === "string" ? payload : payload.pageId;
    this.#record("com.amazon.rum.page_view_event", { version: "1.0.0", pageId: this.#page });
  }

  recordEvent(type, data) {
    this.#record(type, data);
  }

  recordError(error) {
    const { name = "Error", message = String(error), stack } = error instanceof Error ? error : {};
    this.#record("com.amazon.rum.js_error_event", { version: "1.0.0", type: name, message, stack });
  }

  async dispatch() {
    const batch = this.#take();
    if (batch) await this.#fetch(batch).catch((error) => this.#refused(error));
  }

  async dispatchBeacon() {
    const batch = this.#take();
    if (batch) await this.#beacon(batch).catch(() => this.#fetch(batch).catch(() => {}));
  }

  #hidden = () => {
    if (document.visibilityState === "hidden") this.dispatchBeacon();
  };

  #record(type, details) {
    if (!this.#enabled) return;
    if (this.#visit.begin()) this.#push("com.amazon.rum.session_start_event", { version: "1.0.0" });
    this.#push(type, details);
  }

  #push(type, details) {
    if (this.#queue.length >= queueLimit) return;
    const metadata = {
      version: "1.0.0",
      domain: location.hostname,
      pageId: this.#page,
      title: document.title,
      browserLanguage: navigator.language,
      "aws:client": "stand-in",
      "aws:clientVersion": "1.0.0",
      ...this.#attributes,
    };
    this.#queue.push({
      id: crypto.randomUUID(),
      timestamp: Math.round(Date.now() / 1000),
      type,
      metadata: JSON.stringify(metadata),
      details: JSON.stringify(details),
    });
  }

  /** Removes a batch from the queue, before credentials are requested. Events beyond the limit of a batch stay queued. */
  #take() {
    if (!this.#enabled || !this.#queue.length) return undefined;
    return JSON.stringify({
      BatchId: crypto.randomUUID(),
      AppMonitorDetails: this.#monitor,
      UserDetails: this.#visit.user,
      RumEvents: this.#queue.splice(0, batchLimit),
    });
  }

  async #request(contentType, batch) {
    const provider = this.#provider;
    if (!provider) throw new Error("no credentials");
    const credentials = typeof provider === "function" ? await provider() : provider;
    const url = new URL(`${this.#config.endpoint.replace(/\/$/, "")}/appmonitors/${this.#monitor.id}`);
    const headers = { "content-type": contentType };
    return [{ method: "POST", url, headers, body: encoder.encode(batch) }, credentials];
  }

  async #fetch(batch) {
    const [request, credentials] = await this.#request("application/json", batch);
    if (request.body.length > compressedFrom) {
      const stream = new Blob([request.body]).stream().pipeThrough(new CompressionStream("gzip"));
      request.body = new Uint8Array(await new Response(stream).arrayBuffer());
      request.headers["content-encoding"] = "gzip";
    }
    const { method, body } = request;
    const headers = await signedHeaders(request, credentials, this.#region);
    // Like the real client, it does not sign retries again.
    for (let retries = this.#config.retries, pause = 2000; ; pause *= 2) {
      const status = await fetch(request.url, { method, headers, body }).then((answer) => answer.status, () => 0);
      if (status >= 200 && status < 300) return;
      if (!retries-- || (status && status !== 429 && status < 500)) throw new Error(String(status));
      await new Promise((done) => setTimeout(done, pause));
    }
  }

  async #beacon(batch) {
    if (batch.length > beaconLimit) throw new Error("the batch is too large for a beacon");
    const [request, credentials] = await this.#request("text/plain;charset=UTF-8", batch);
    const address = await presignedAddress(request, credentials, this.#region, { hash: atOnce });
    if (!navigator.sendBeacon(address, batch)) throw new Error("the browser rejected the beacon");
  }

  /** The first 403 sets the provider again, which requests credentials. A second 403, or a 404, disables the client. */
  #refused({ message }) {
    if (message === "403" && this.#mayRebuild) {
      this.#mayRebuild = false;
      this.setAwsCredentials(this.#provider);
    } else if (message === "403" || message === "404") {
      this.disable();
    }
  }
}

/** The user id and session id of the visitor: random UUIDs, kept in cookies of this monitor if cookies are allowed. */
class Visit {
  #names;
  #allowed;
  #values = {};

  constructor(id, allowed = false) {
    this.#names = { user: `cwr_u_${id}`, session: `cwr_s_${id}` };
    this.#allowed = allowed;
  }

  allowCookies(allowed) {
    this.#allowed = allowed;
  }

  /** Returns whether this event starts a session. After the last event, a session lasts 30 minutes and a user id 30 days. */
  begin() {
    const user = this.#read("user");
    const session = this.#read("session");
    this.#write("user", user ?? crypto.randomUUID(), 30 * 24 * 3600);
    this.#write("session", session ?? crypto.randomUUID(), 1800);
    return !session;
  }

  get user() {
    return { userId: this.#values.user, sessionId: this.#values.session };
  }

  #read(name) {
    if (!this.#allowed) return this.#values[name];
    return document.cookie.split("; ").find((pair) => pair.startsWith(`${this.#names[name]}=`))?.split("=")[1];
  }

  #write(name, value, seconds) {
    this.#values[name] = value;
    if (this.#allowed) document.cookie = `${this.#names[name]}=${value}; Path=/; SameSite=Strict; Max-Age=${seconds}`;
  }
}
