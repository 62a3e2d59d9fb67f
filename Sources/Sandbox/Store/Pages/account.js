/** Who is signed in. Tokens stay in this module's memory: a reload is a guest again. */
export class Account {
  #held;
  #renewal;
  #tokens;
  #clientID;

  /** - tokens: address of the identity provider's token endpoint. */
  constructor(tokens, clientID) {
    this.#tokens = tokens;
    this.#clientID = clientID;
  }

  get user() {
    return this.#held?.user;
  }

  async signIn(username, password) {
    this.#held = await this.#ask(username, { grant_type: "password", username, password, scope: "openid" });
  }

  signOut() {
    this.#held = undefined;
  }

  /** What the broker is shown. Near its end, or asked for again at once since the broker refused it, it is renewed. */
  token = async () => {
    const held = this.#held;
    if (!held) return null;
    const now = performance.now();
    if (now > held.end - 60_000 || now - held.shown < 500) {
      this.#renewal ??= this.#renew(held).finally(() => (this.#renewal = undefined));
      await this.#renewal;
    }
    if (this.#held) this.#held.shown = performance.now();
    return this.#held?.token ?? null;
  };

  async #renew(held) {
    const renewed = await this.#ask(held.user, { grant_type: "refresh_token", refresh_token: held.refreshToken });
    // Unless somebody signed out, or in, meanwhile.
    if (this.#held === held) this.#held = renewed;
  }

  async #ask(user, form) {
    const body = new URLSearchParams({ ...form, client_id: this.#clientID });
    const answer = await fetch(this.#tokens, { method: "POST", body, credentials: "omit" });
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.error_description ?? content.error);
    const end = performance.now() + content.expires_in * 1000;
    return { user, token: content.id_token, refreshToken: content.refresh_token, end };
  }
}
