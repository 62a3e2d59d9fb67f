// SPDX-License-Identifier: Apache-2.0

// The classic script, for pages without ES modules: it defines one global object.
import { clientConfig, connect, credentials, guestCredentials, version } from "./rum-credentials.js";

globalThis.RumCredentials = { clientConfig, connect, credentials, guestCredentials, version };
