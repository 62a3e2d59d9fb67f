// SPDX-License-Identifier: Apache-2.0

// The module's exports, documented in rum-credentials.d.ts. `make module` bundles this folder into one file.

export { clientConfig } from "./clients.js";
export { connect } from "./connect.js";
export { credentials, guestCredentials } from "./provider.js";

/** Released files never change: a change of the module needs a new version, here and in rum-credentials.d.ts. */
export const version = "1.1.0";
