// The form for pages without modules: one global object.
import { clientConfig, connect, credentials, guestCredentials, version } from "./rum-credentials.js";

globalThis.RumCredentials = { clientConfig, connect, credentials, guestCredentials, version };
