// SPDX-License-Identifier: Apache-2.0

import { channel } from "./clients.js";
import { address, callable, wrong } from "./options.js";
import { guestCredentials, provide } from "./provider.js";
import { mark } from "./switch.js";
import { never } from "./time.js";

/** @type {typeof import("./rum-credentials").connect} */
export function connect({ token, signedIn, guest, ...options }) {
  if (!signedIn && !guest) wrong("signedIn or guest is missing");
  if (signedIn) callable(token);
  if (options.page) callable(options.page, "page");
  const url = address(options.broker, options.app, "credentials");
  const users = signedIn && channel(signedIn, options, 1);
  const guests = guest && channel(guest, options);
  const visitor = guestCredentials(options);
  let user;
  let active;
  let calls = 0;
  let closed;

  /** Switches clients synchronously, so that no event is lost between disabling one and enabling the other. */
  const change = (next, provider, late) => {
    const last = user;
    if (active) {
      mark();
      active.leave(last?.provider.monitor?.id);
    }
    last?.provider.close?.();
    active = next;
    user = next === users ? provider : null;
    // After a refusal the batch is lost either way, and nobody handles the promise of a client's `dispatch()`.
    next?.enable(() => provider.provider().catch(never), late);
  };

  const connection = {
    signIn() {
      const late = calls++;
      if (!users || closed || user?.wake?.()) return;
      change(users, options.signing === false ? { provider: never } : provide(url, token), late);
    },
    signOut() {
      const late = calls++;
      if (closed || active === guests) return;
      change(guests, { provider: visitor }, late);
    },
    get isSignedIn() {
      return !!user;
    },
    close() {
      calls = closed = 1;
      change();
      visitor.close();
    },
  };

  const begin = (bearer) => {
    if (!calls) bearer ? connection.signIn() : connection.signOut();
  };
  if (users) (async () => token())().then(begin, () => begin());
  else begin();
  return connection;
}
