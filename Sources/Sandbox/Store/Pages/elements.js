// SPDX-License-Identifier: Apache-2.0

/**
 * Creates an element with attributes, event listeners (properties that begin with `on`) and children. Properties that are
 * undefined or false, and such children, are omitted; true sets an empty attribute.
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== undefined && child !== false));
  return made;
}

/** A name with a line-break opportunity after each underscore. */
export const breakable = (name) => name.split(/(?<=_)/).flatMap((part) => [part, element("wbr")]);

/** An SVG of one of the symbols in index.html; without a label it is hidden from screen readers. */
export function drawing(name, label) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.setAttribute("viewBox", "0 0 64 64");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  svg.append(use);
  return svg;
}
