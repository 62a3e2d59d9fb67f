// SPDX-License-Identifier: Apache-2.0

import { commander } from "./clients.js";
import { address, callable, wrong } from "./options.js";
import { guestCredentials, provide } from "./provider.js";

/** @type {typeof import("./rum-credentials").connect} */
export function connect({ broker, app, token, signedIn, guest }) {
  if (!signedIn && !guest) wrong("signedIn or guest is missing");
  if (signedIn) callable(token);
  const users = signedIn && commander(signedIn, broker);
  const guests = guest && commander(guest, broker);
  const url = address(broker, app, "credentials");
  const visitor = guestCredentials({ broker, app });
  let user;
  let active;
  let decided;

  /** Switches clients synchronously, so that no event is lost between disabling one and enabling the other. */
  const change = (next, provider) => {
    const last = user;
    if (active) {
      // The client's queue holds at most 1,000 events, or ten batches of 100. A dispatch removes a batch from the queue
      // synchronously; the batch then waits for its credentials.
      for (let batch = 0; batch < 10; batch++) active("dispatch");
      active("disable");
    }
    active = next;
    user = next && next === users && provider;
    if (next) {
      next("setAwsCredentials", user ? user.provider : provider);
      next("enable");
    }
    if (last) last.provider.close();
  };

  const connection = {
    signIn() {
      decided = decided || 1;
      if (!users || decided > 1 || (user && user.wake())) return;
      change(users, provide(url, token));
    },
    signOut() {
      decided = decided || 1;
      if (decided > 1 || active === guests) return;
      change(guests, visitor);
    },
    get isSignedIn() {
      return !!user;
    },
    close() {
      decided = 2;
      change();
      visitor.close();
    },
  };

  const begin = (bearer) => {
    if (!decided) bearer ? connection.signIn() : connection.signOut();
  };
  if (users) (async () => token())().then(begin, () => begin());
  else begin();
  return connection;
}
