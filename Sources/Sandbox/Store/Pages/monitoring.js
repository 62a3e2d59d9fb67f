import { clientConfig, connect } from "/rum-credentials.js";

const version = "1.0.0";
const names = { signedIn: "rumSignedIn", guest: "rumGuest" };

/**
 * Two clients of CloudWatch RUM, one for each app monitor, of which the module enables the one that fits.
 * The real client from its CDN, or where that can't be reached within 3 seconds the stand-in.
 */
export async function monitoring(settings, token) {
  const broker = location.origin;
  const offline = new URLSearchParams(location.search).get("client") === "stand-in";
  const real = !offline && (await isReachable(settings.client)) && (await realClients(settings, broker));
  const clients = real || (await standIns(settings, broker));
  const connection = connect({ broker, app: settings.app, token, ...clients });
  // The module asks for the token before it enables either, and what is recorded earlier is dropped.
  await new Promise((done) => setTimeout(done));
  const both = (command, payload) => Object.values(clients).forEach((client) => tell(client, command, payload));
  return {
    client: real ? "aws-rum-web" : "stand-in",
    // To both, since the one that is disabled drops it, but knows the page when its turn comes.
    recordPageView: (page) => both("recordPageView", page),
    recordEvent: (type, data) => both("recordEvent", { type, data }),
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
  // The panel looks every second, which is nobody's doing.
  const ignore = ({ name, entryType }) => entryType === "resource" && name.startsWith(`${sandbox}/`);
  const urls = new RegExp(`^${sandbox.replace(/\W/g, "\\$&")}/(_sandbox|oauth2)/`);
  const telemetries = config.telemetries.map((telemetry) => {
    if (telemetry === "performance") return [telemetry, { ignore }];
    if (telemetry[0] !== "http") return telemetry;
    return ["http", { ...telemetry[1], urlsToExclude: [...telemetry[1].urlsToExclude, urls] }];
  });
  return {
    ...config,
    telemetries,
    // This page comes over http.
    cookieAttributes: { ...config.cookieAttributes, secure: location.protocol === "https:" },
    endpoint: sandbox,
    sessionSampleRate: 1,
    allowCookies: true,
    disableAutoPageView: true,
    // Sooner than its 5 seconds, so that one can watch.
    dispatchInterval: 1000,
  };
}

/**
 * The script reads one global variable when it runs, so that one has to follow the other.
 * Nothing where it does not load after all: what was made of it stays disabled.
 */
async function realClients(settings, broker) {
  for (const [kind, name] of Object.entries(names)) {
    const queue = [];
    window[name] = (command, payload) => queue.push({ c: command, p: payload });
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

async function standIns(settings, broker) {
  const { StandIn } = await import("./stand-in.js");
  const clients = Object.keys(names).map((kind) => [
    kind, new StandIn(settings[kind].id, version, settings.region, configuration(settings, broker)),
  ]);
  return Object.fromEntries(clients);
}

function tell(client, command, payload) {
  if (typeof client === "string") window[client](command, payload);
  else if (command === "recordEvent") client.recordEvent(payload.type, payload.data);
  else client[command](payload);
}
