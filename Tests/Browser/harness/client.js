// SPDX-License-Identifier: Apache-2.0

// A fake of the RUM web client's credentials and queue. docs/web-integration.md describes the real behaviour.

export class FakeClient {
  /** `config.returns` selects version 3, whose `dispatch()` returns a promise and whose queue holds 1000 events, not 200. */
  constructor(config = {}, { name = "client", log = [], limit = config.returns ? 1000 : 200, answer = () => 202 } = {}) {
    Object.assign(this, { config, name, log, limit, answer, queue: [], delivered: [], lost: 0, forbidden: 0 });
    this.enabled = true;
    this.record("session_start");
    if (config.enableRumClient === false) this.enabled = false;
  }

  record(event) {
    if (this.enabled && this.queue.length < this.limit) this.queue.push(event);
    else this.lost++;
  }

  setAwsCredentials(provider) {
    this.log.push(`${this.name} credentials`);
    this.provider = provider;
    // Like the real client, it calls the provider before the first batch, and without a rejection handler.
    provider();
  }

  enable() {
    this.log.push(`${this.name} enable`);
    this.enabled = true;
  }

  disable() {
    this.log.push(`${this.name} disable`);
    this.enabled = false;
  }

  /** The work of the real client's timer, which runs every five seconds and ignores failures. */
  tick() {
    this.#send().catch(() => {});
  }

  dispatch() {
    const sent = this.#send();
    if (this.config.returns) return sent;
  }

  async #send() {
    if (!this.enabled || !this.queue.length) return;
    const { provider } = this;
    const batch = this.queue.splice(0, 100);
    if (!provider) return void (this.lost += batch.length);
    // The real client builds and hashes the body before it requests credentials, which takes microtasks.
    await null;
    await null;
    try {
      const credentials = await provider();
      const status = this.answer(credentials);
      if (status === 202) this.delivered.push(...batch.map((event) => [event, credentials.accessKeyId]));
      else this.#refused(status, provider);
    } catch (error) {
      this.lost += batch.length;
      throw error;
    }
  }

  #refused(status, provider) {
    if (status === 404 || (status === 403 && this.forbidden++)) this.disable();
    else if (status === 403) this.setAwsCredentials(provider);
  }
}

/**
 * Defines the global function of the client's script form: a stub that queues commands until the client is loaded. Returns
 * the function that loads the client.
 */
export const scriptStub = (name, page) => {
  const kept = [];
  page[name] = (command, payload) => void kept.push([command, payload]);
  return (client) => {
    page[name] = (command, payload) => {
      const method = client[command];
      if (!method) throw new Error(`CWR: UnsupportedOperationException: ${command}`);
      method.call(client, payload);
    };
    for (const [command, payload] of kept) page[name](command, payload);
  };
};
