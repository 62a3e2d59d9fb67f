// Rejections that nobody handled, as a page's error telemetry would see them.

import { settle } from "./world.js";

const seen = [];
process.on("unhandledRejection", (error) => seen.push(error));

export const unhandled = async () => {
  await settle();
  return seen.splice(0).map((error) => error.message);
};
