// SPDX-License-Identifier: Apache-2.0

/** Prices are in pence. */
export const products = [
  {
    id: "rope", name: "Manila rope, 30 m", price: 4800, drawing: "rope",
    text: "Three strands, laid right-handed, oiled at the works. Holds a knot, and lets go of it when asked to.",
  },
  {
    id: "lantern", name: "Storm lantern", price: 6450, drawing: "lantern",
    text: "Tinned steel and ribbed glass. Burns for eighteen hours and stays lit when nothing else does.",
  },
  {
    id: "compass", name: "Box compass", price: 12900, drawing: "compass",
    text: "Brass on gimbals in a walnut box. Points north; the rest is seamanship.",
  },
  {
    id: "mug", name: "Rum-barrel mug", price: 2350, drawing: "mug",
    text: "Turned from the staves of retired barrels. Measures one tot, no more and no less.",
  },
  {
    id: "bell", name: "Ship's bell", price: 8900, drawing: "bell",
    text: "Cast bronze, tuned to A. Eight bells and the watch is yours.",
  },
  {
    id: "flags", name: "Signal flags, set of four", price: 5600, drawing: "flags",
    text: "Sewn bunting with brass grommets. Says what you mean two miles away.",
  },
];

export const find = (id) => products.find((product) => product.id === id);
export const price = (cents) => `£${(cents / 100).toFixed(2)}`;
