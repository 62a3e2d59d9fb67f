// SPDX-License-Identifier: Apache-2.0

/** The signed-in user and their tokens. Tokens are kept in memory only, so a reload signs the user out. */
export class Account {
  #held;
  #renewal;
  #tokens;
  #clientID;

  /** `tokens` is the URL of the identity provider's token endpoint. */
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

  /**
   * The token source for `connect`: returns the ID token, or null without a user. It refreshes the token in its last
   * 60 seconds. A second call within 500 ms means that the broker rejected the token, so it refreshes the token then, too.
   */
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
    // Discard the renewed tokens if a sign-out or another sign-in happened meanwhile.
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
