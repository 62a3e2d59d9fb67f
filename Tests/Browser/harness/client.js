// The RUM web client, as far as credentials and its queue are concerned; docs/web-integration.md tells what it does.

export class Client {
  /** `returns` is v3's: `dispatch()` gives its promise. */
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
    // Ahead of the first batch, without a handler.
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

  /** What its timer does every five seconds: failures are silent. */
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
    // The body is put together and hashed before anybody asks for credentials.
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

/** The global function of the script form: a stub that keeps commands until the client is loaded. */
export const script = (name, page) => {
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
