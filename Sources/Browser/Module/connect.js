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

  /** In one turn, so that no event falls between the two. */
  const change = (next, provider) => {
    const last = user;
    if (active) {
      // Ten batches of 100 are all that the queue can hold. Batches leave it at once and wait for their credentials.
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
