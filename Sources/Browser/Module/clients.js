// SPDX-License-Identifier: Apache-2.0

import { base, is, wrong } from "./options.js";

/** @type {typeof import("./rum-credentials").clientConfig} */
export function clientConfig({ broker }) {
  const calls = new RegExp(`^${base(broker).replace(/\W/g, "\\$&")}/v1/apps/`);
  return {
    enableRumClient: false,
    cookieAttributes: { unique: true },
    telemetries: ["errors", "performance", ["http", { urlsToExclude: [calls] }]],
  };
}

/** Returns a function that runs commands of the client and suppresses their errors. A factory runs at the first command. */
export const commander = (client, broker) => {
  const named = is("string", client);
  const made = is("function", client);
  if (!is("function", named ? globalThis[client] : made ? client : client.setAwsCredentials))
    wrong(named ? `there is no function ${client}` : "a client is an AwsRum, the name of one or a function");
  let instance = !made && client;
  return (name, payload) => {
    if (!instance) {
      instance = {};
      try {
        instance = client(clientConfig({ broker }));
      } catch (error) {
        // The factory is the application's: rethrow from a task, so that the error is reported and this call continues.
        setTimeout(() => {
          throw error;
        });
      }
    }
    try {
      const done = named ? globalThis[client](name, payload) : instance[name](payload);
      if (done) done.catch(() => {});
    } catch {}
  };
};
