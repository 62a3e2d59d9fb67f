// SPDX-License-Identifier: Apache-2.0

import { clientConfig, connect } from "/rum-credentials.js";

const version = "1.0.0";
const names = { signedIn: "rumSignedIn", guest: "rumGuest" };

/**
 * Creates two CloudWatch RUM clients, one for each app monitor. The browser module enables the client that matches the
 * user's state, and at a switch it records the page that `page()` names. The clients come from the RUM CDN; if the CDN is not reachable within 3 seconds, they are stand-ins.
 */
export async function monitoring(settings, token, page) {
  const broker = location.origin;
  // "stand-in", or "stand-in-2.1" for one that behaves like that version of aws-rum-web.
  const [, offline, behavesLike] = /^(stand-in)(?:-(1\.25|2\.1|3\.2))?$/.exec(new URLSearchParams(location.search).get("client")) ?? [];
  const real = !offline && (await isReachable(settings.client)) && (await realClients(settings, broker));
  const clients = real || (await standIns(settings, broker, behavesLike));
  const connection = connect({ broker, app: settings.app, token, page, ...clients });
  // The module awaits the token before it enables a client, and a disabled client drops events: wait one task.
  await new Promise((done) => setTimeout(done));
  const active = (command, payload) => tell(connection.isSignedIn ? clients.signedIn : clients.guest, command, payload);
  return {
    client: real ? "aws-rum-web" : "stand-in",
    recordPageView: (page) => active("recordPageView", page),
    recordEvent: (type, data) => active("recordEvent", { type, data }),
    signIn: () => connection.signIn(),
    signOut: () => connection.signOut(),
  };
}

async function isReachable(address) {
  try {
    await fetch(address, { mode: "no-cors", signal: AbortSignal.timeout(3000) });
    return true;
  } catch {
    return false;
  }
}

function configuration({ sandbox }, broker) {
  const config = clientConfig({ broker });
  // The live panel polls the sandbox every second. These requests are not the user's, so the client ignores them, as the
  // performance telemetry does with every request of a script.
  const urls = new RegExp(`^${sandbox.replace(/\W/g, "\\$&")}/(_sandbox|oauth2)/`);
  const telemetries = config.telemetries.map((telemetry) => {
    if (telemetry[0] !== "http") return telemetry;
    return ["http", { ...telemetry[1], urlsToExclude: [...telemetry[1].urlsToExclude, urls] }];
  });
  return {
    ...config,
    telemetries,
    // The demo is served over http, where browsers reject secure cookies.
    cookieAttributes: { ...config.cookieAttributes, secure: location.protocol === "https:" },
    endpoint: sandbox,
    sessionSampleRate: 1,
    allowCookies: true,
    disableAutoPageView: true,
    // 1 second instead of the default 5, so that the panel shows events soon.
    dispatchInterval: 1000,
  };
}

/**
 * Loads the client script once per monitor, in sequence, because it reads its configuration from one global variable.
 * Returns the names of the two global functions, or undefined if a script does not load; a client that was already
 * created then stays disabled.
 */
async function realClients(settings, broker) {
  for (const [kind, name] of Object.entries(names)) {
    const queue = [];
    window[name] = (command, payload) => queue.push({ c: command, p: payload });
    // Version 3 can start a session for each user.
    window[name].startSession = true;
    window.AwsRumClient = {
      q: queue, n: name, i: settings[kind].id, v: version, r: settings.region, c: configuration(settings, broker),
    };
    const loaded = await new Promise((done) => {
      const script = document.createElement("script");
      Object.assign(script, { src: settings.client, onload: () => done(true), onerror: () => done(false) });
      document.head.append(script);
    });
    if (!loaded) return undefined;
  }
  return names;
}

async function standIns(settings, broker, behavesLike = "3.2") {
  const { StandIn } = await import("./stand-in.js");
  const clients = Object.keys(names).map((kind) => [
    kind, new StandIn(settings[kind].id, version, settings.region, { ...configuration(settings, broker), behavesLike }),
  ]);
  return Object.fromEntries(clients);
}

function tell(client, command, payload) {
  if (typeof client === "string") window[client](command, payload);
  else if (command === "recordEvent") client.recordEvent(payload.type, payload.data);
  else client[command](payload);
}
