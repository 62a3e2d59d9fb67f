// What pages import; rum-credentials.d.ts documents it. `make module` makes one file of all that is here.

export { clientConfig } from "./clients.js";
export { connect } from "./connect.js";
export { credentials, guestCredentials } from "./provider.js";

/** Released files never change: what changes them needs a new version, and the declarations name it too. */
export const version = "1.0.0";
