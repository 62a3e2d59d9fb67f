// Purser rum-credentials 1.1.0 | Apache-2.0

/** The version of this file's module, which `/rum-credentials-{version}.js` serves for good. */
export declare const version: string;

/** What the RUM web client signs with; the names are those that `setAwsCredentials` takes. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** The app monitor that the credentials are good for. */
export interface AppMonitor {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly endpoint: string;
}

/**
 * Gives credentials, as often as it is asked, with one call of the broker at a time and none while those that it has are
 * good. They are kept in memory only.
 *
 * The promise is pending while the broker cannot be reached, is too busy, or there is no token: the client keeps its
 * batch meanwhile. It rejects with a `Refusal` where trying again is of no use, and goes on rejecting for a minute
 * without a call.
 */
export interface Provider {
  (): Promise<Credentials>;
  /** Known once there were credentials. */
  readonly monitor: AppMonitor | undefined;
  /**
   * From now on it makes no call. Credentials that are here, or under way, are given out while they are good; otherwise
   * the promise stays pending for good, since the client would report a rejection as an error of the page.
   */
  close(): void;
}

/** The broker refused (400, 403, 404 …), or its answer was no credentials. */
export interface Refusal extends Error {
  /** The HTTP status, where it is what refused. */
  readonly status: number | undefined;
}

/**
 * The user's JWT, or nothing while there is none: it is asked for again soon. It is called before each call of the
 * broker, and once more when the broker no longer takes a token, so it should give a valid one. What it throws is
 * taken for a passing failure.
 */
export type TokenSource = () => string | null | undefined | Promise<string | null | undefined>;

export interface BrokerOptions {
  /** https, or http on localhost, 127.0.0.1 and [::1]; may have a path. */
  readonly broker: string | URL;
  /** The app's name in the broker's configuration. */
  readonly app: string;
}

/**
 * A provider for the app monitor of signed-in users, for one user: another one needs another provider.
 * @throws TypeError at once, where an option is wrong.
 */
export declare function credentials(options: BrokerOptions & { readonly token: TokenSource }): Provider;

/**
 * A provider for the app monitor of guests.
 * @throws TypeError at once, where an option is wrong.
 */
export declare function guestCredentials(options: BrokerOptions): Provider;

/** What a client of `connect` must be configured with; the rest of its configuration is yours. */
export interface ClientConfig {
  /** With `signing: false` only: the broker signs. */
  signing?: false;
  /** With `signing: false` only: the broker's address for batches of the app. */
  endpoint?: string;
  /**
   * Sends a batch with the page's own `fetch`. Around a switch it keeps a failure from the client, which would report it
   * as an error of the page, and tries again itself after 429, 5xx and network errors. A function of your own should
   * call this one.
   */
  fetchFunction: (batch: any) => Promise<Response>;
  /** `connect` enables the client that fits. */
  enableRumClient: boolean;
  /** Two monitors on a page must not share their session. */
  cookieAttributes: { unique: boolean };
  /**
   * Errors, performance, and http without calls of the broker. The `ignore` of performance is the client's default, and
   * leaves out entries from before the last switch: the other client has recorded them.
   */
  telemetries: any[];
}

/** `signing: false` needs `app`. */
export declare function clientConfig(
  options: Pick<BrokerOptions, "broker"> & (BrokerOptions & { readonly signing: false } | { readonly signing?: undefined })
): ClientConfig;

/** The part of an `AwsRum` that `connect` uses. */
export interface RumClient {
  setAwsCredentials(provider: () => Promise<any>): void;
  enable(): void;
  disable(): void;
  dispatch(): unknown;
  recordPageView?(page: string): void;
  recordEvent?(type: string, data: object): void;
  /** Where there is one, each sign-in starts a session. Without it, a function makes another client for each sign-in. */
  startSession?(): unknown;
}

/**
 * An `AwsRum`, the name of a client's global function (`"cwr"`), or a function that makes an `AwsRum` when it is first
 * needed. The first two must have been configured with `clientConfig`. A global function whose property `startSession` is
 * true when `connect` is called takes that command.
 */
export type Client = RumClient | string | ((config: ClientConfig) => RumClient);

export interface ConnectOptions {
  /**
   * The name of the current page, as you give it to `recordPageView`; it must not throw. Without it: the path, which is the
   * client's default, or no page view where the client's configuration names pages in another way.
   */
  readonly page?: () => string | undefined;
  /** The clients do not sign: they send to the broker. `signedIn` must be a function, which is called for each sign-in. */
  readonly signing?: false;
}

export interface Connection {
  /** A user has signed in: from now on events go to the monitor of signed-in users, with credentials of this user. */
  signIn(): void;
  /** The user has signed out. */
  signOut(): void;
  readonly isSignedIn: boolean;
  /** Sends what is queued and disables both clients, for good. */
  close(): void;
}

/**
 * Two clients on one page, of which the one that fits is enabled: begins with the user's where `token()` gives one,
 * otherwise with the guest's. At a change what is queued is sent under the credentials that it was recorded under, CLS and
 * INP too, and the other monitor gets a view of the current page. With one of both missing, nothing is recorded while its
 * turn is, and the broker is not asked for it.
 * @throws TypeError at once, where an option is wrong.
 */
export declare function connect(
  options: BrokerOptions & ConnectOptions &
    (
      | { readonly signedIn: Client; readonly guest?: Client; readonly token: TokenSource }
      | { readonly signedIn?: undefined; readonly guest: Client; readonly token?: TokenSource }
    )
): Connection;
