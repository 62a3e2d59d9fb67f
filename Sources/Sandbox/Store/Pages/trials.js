// SPDX-License-Identifier: Apache-2.0

import { credentials, guestCredentials } from "/rum-credentials.js";
import { element } from "./elements.js";
import { signedHeaders } from "./signing.js";

const encoder = new TextEncoder();

/** Buttons that try what the credentials of this page must not allow, and one that throws an error. */
export function trials(place, settings, account) {
  const { app, region, sandbox } = settings;
  const broker = location.origin;
  const guest = guestCredentials({ broker, app });
  let user;
  const own = () => (account.user ? settings.signedIn : settings.guest);
  const other = () => (account.user ? settings.guest : settings.signedIn);
  const status = element("p", { role: "status", class: "outcome" });

  /** A provider caches credentials, so each user gets a provider of their own. */
  function ofUser(name) {
    if (user?.name !== name) user = { name, provider: credentials({ broker, app, token: account.token }) };
    return user.provider;
  }

  async function send(method, target, body, date) {
    const provider = account.user ? ofUser(account.user) : guest;
    const request = {
      method,
      url: new URL(sandbox + target),
      headers: body ? { "content-type": "application/json" } : {},
      body: encoder.encode(body ?? ""),
    };
    const headers = await signedHeaders(request, await provider(), region, { date });
    return fetch(request.url, { method, headers, body });
  }

  const otherMonitor = () => send("POST", `/appmonitors/${other().id}`, batch(other().id));
  const otherAction = () => send("GET", `/appmonitor/${own().name}`);
  const replay = () => send("POST", `/appmonitors/${own().id}`, batch(own().id), new Date(Date.now() - 3600_000));

  const attempt = (what, trial) => async () => {
    status.textContent = `${what}: sending …`;
    try {
      const answer = await trial();
      const code = answer.headers.get("x-amzn-errortype");
      status.textContent = `${what}: ${answer.ok ? "accepted" : "refused"}, ${answer.status} ${code ?? ""}`;
      status.dataset.refused = !answer.ok;
    } catch (error) {
      status.textContent = `${what}: ${error.message}`;
    }
  };
  const button = (text, onclick) => element("li", {}, element("button", { type: "button", onclick }, text));
  place.append(
    element("p", {}, "Try, with the credentials of this page:"),
    element("ul", { class: "choices" },
      button("The other monitor", attempt("The other monitor", otherMonitor)),
      button("Another action", attempt("rum:GetAppMonitor", otherAction)),
      button("An expired request", attempt("A request signed an hour ago", replay)),
      button("Throw an error", () => {
        status.textContent = "Thrown. The client reports it with its next batch.";
        delete status.dataset.refused;
        // Thrown from a task, so that it is an uncaught error of the page.
        setTimeout(() => {
          throw new RangeError("The anchor is fouled");
        });
      })),
    status);
}

function batch(monitor) {
  return JSON.stringify({
    BatchId: crypto.randomUUID(),
    AppMonitorDetails: { id: monitor, version: "1.0.0" },
    UserDetails: { userId: crypto.randomUUID(), sessionId: crypto.randomUUID() },
    RumEvents: [{
      id: crypto.randomUUID(), timestamp: Math.round(Date.now() / 1000), type: "trial",
      metadata: JSON.stringify({ version: "1.0.0", pageId: location.hash.slice(1) || "/", "aws:client": "demo store" }),
      details: "{}",
    }],
  });
}
