// SPDX-License-Identifier: Apache-2.0

// Collects unhandled rejections, which the error telemetry of a page would record.

import { settle } from "./environment.js";

const seen = [];
process.on("unhandledRejection", (error) => seen.push(error));

export const unhandledRejections = async () => {
  await settle();
  return seen.splice(0).map((error) => error.message);
};
