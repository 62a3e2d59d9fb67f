// SPDX-License-Identifier: Apache-2.0

/**
 * What differs between the versions of aws-rum-web that the stand-in can behave like. What they have in common, with their
 * defects, holds for all three: `dispatch()` returns nothing, so nobody handles its failure; `enable()` observes with
 * `buffered: true`; the cookie `cwr_u` is that of all clients of the page; a client keeps its own current page; it records
 * while it is created, even with `enableRumClient: false`; CLS and INP are sent when the page is hidden, since 1.24.
 */
const common = { queue: 1000, rebuilds: true, compresses: false, startsSessions: false, sessionMetadata: false };

export const profiles = {
  // The first 403 disables it.
  1.25: { ...common, queue: 200, rebuilds: false },
  // The first 403 sets the provider again, since 2.0. Compression is an option.
  2.1: { ...common, compresses: "option" },
  // `startSession()` since 3.1; compression and one `SessionMetadata` for all events of a batch since 3.0.
  3.2: { ...common, compresses: true, startsSessions: true, sessionMetadata: true },
};
