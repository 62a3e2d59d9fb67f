// SPDX-License-Identifier: Apache-2.0

import { address, base, callable, is } from "./options.js";
import { hide, ignore, send } from "./switch.js";
import { never } from "./time.js";

/** @type {typeof import("./rum-credentials").clientConfig} */
export const clientConfig = ({ broker, app, signing }) => ({
  enableRumClient: false,
  cookieAttributes: { unique: true },
  fetchFunction: send,
  telemetries: [
    "errors",
    ["performance", { ignore }],
    ["http", { urlsToExclude: [new RegExp(`^${base(broker).replace(/\W/g, "\\$&")}/v1/apps/`)] }],
  ],
  ...(signing === false && { signing, endpoint: address(broker, app) }),
});

const SET = "setAwsCredentials";

/**
 * Gives commands to a client and suppresses its errors. A factory runs when its client is first needed. `users`: the
 * client is that of signed-in users.
 */
export const channel = (client, options, users) => {
  const named = is("string", client);
  const made = is("function", client);
  const unsigned = options.signing === false;
  let instance = named ? globalThis[client] : client;
  callable(users && unsigned ? client : named || made ? instance : instance[SET], "client");
  let used;

  const run = (name, payload, data) => {
    try {
      (named
        ? globalThis[client](name, data ? { type: payload, data } : payload)
        : instance[name](payload, data)
      )?.catch(never);
    } catch {}
  };
  const record = (type, data) => run("recordEvent", `com.amazon.rum.${type}_event`, { version: "1.0.0", ...data });

  return {
    /** `late`: the page was somebody else's until now. */
    enable(provider, late) {
      // A client that cannot start a session for another user is replaced. One that does not sign may need the next
      // user's token while it still sends the batches of the last one.
      const replaced = made && (!used || (users && (unsigned || !instance.startSession)));
      const known = !replaced && instance;
      if (replaced)
        try {
          instance = client(clientConfig(options));
        } catch (error) {
          instance = { startSession: true };
          // The factory is the application's: rethrow from a task, so that the error is reported and this call continues.
          setTimeout(() => {
            throw error;
          });
        }
      const fresh = late && known && !used;
      const config = instance.config ?? {};
      // The client's default; with another format, or page names of its own, the application gives `page`.
      const pageId =
        late &&
        (options.page
          ? options.page()
          : !/true|HASH/.test([config.disableAutoPageView, config.pageIdFormat]) && location.pathname);
      // While it is disabled, a client takes its current page from this command, and records nothing.
      if (pageId) run("recordPageView", pageId);
      if (!unsigned) {
        if (fresh) {
          // It has recorded the page on which it was created, although it was created disabled: discard that. The view
          // makes sure that there is a session.
          run(SET, never);
          run("enable");
          record("page_view");
          run("dispatch");
        }
        run(SET, provider);
      }
      run("enable");
      used = 1;
      if (!late) return;
      if (users && known.startSession) run("startSession");
      else if (fresh) record("session_start");
      // A new client that has restored its session records no view of the page that it was on.
      if (pageId && (known || !/page_view/.test(JSON.stringify(instance.eventCache?.events) ?? "page_view")))
        record("page_view", { pageId });
    },
    /** Sends what is queued and disables the client. `monitor`: whose session ends with the user. */
    leave(monitor) {
      // The client's queue holds at most 1,000 events, or ten batches of 100. A dispatch removes a batch from the queue
      // synchronously; the batch then waits for its credentials.
      for (let batch = 0; batch < 10; batch++) run("dispatch");
      hide(monitor);
      run("disable");
    },
  };
};
