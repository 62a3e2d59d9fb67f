// SPDX-License-Identifier: Apache-2.0

import { Account } from "./account.js";
import { find } from "./catalogue.js";
import { breakable, element } from "./elements.js";
import { monitoring } from "./monitoring.js";
import { page } from "./pages.js";
import { Panel } from "./panel.js";
import { trials } from "./trials.js";

const path = () => location.hash.slice(1) || "/";
const settings = await (await fetch("/demo/config.json")).json();
const account = new Account(`${settings.sandbox}/oauth2/token`, settings.clientID);
const rum = monitoring(settings, account.token, path);
const panel = new Panel(document.getElementById("panel"), settings);
const main = document.querySelector("main");
const cart = new Map();

const shop = {
  users: settings.users,
  get lines() {
    return [...cart].map(([id, count]) => ({ product: find(id), count }));
  },
  get total() {
    return this.lines.reduce((sum, { product, count }) => sum + count * product.price, 0);
  },
  add(product) {
    cart.set(product.id, (cart.get(product.id) ?? 0) + 1);
    record("add_to_cart", { product: product.id });
    showVisitor();
  },
  remove(product) {
    cart.delete(product.id);
    record("remove_from_cart", { product: product.id });
    show();
    main.querySelector("h1").focus();
  },
  order() {
    record("order_placed", { lines: cart.size, total: shop.total });
    cart.clear();
    go("/order");
  },
  async signIn(name, password) {
    await account.signIn(name, password);
    (await rum).signIn();
    go("/");
  },
};

async function record(type, data) {
  (await rum).recordEvent(type, data);
}

async function recordView(page) {
  (await rum).recordPageView(page);
}

function go(to) {
  if (path() === to) arrive();
  else location.hash = to;
}

function show() {
  const { title, content } = page(path(), shop);
  document.title = `${title} · Demo Store`;
  main.replaceChildren(...content);
  showVisitor();
}

/** Shows the new page and focuses its heading, so that a screen reader reads it next. */
function arrive() {
  show();
  scrollTo({ top: 0 });
  main.querySelector("h1").focus({ preventScroll: true });
  recordView(path());
}

function showVisitor() {
  const { user } = account;
  const count = [...cart.values()].reduce((sum, number) => sum + number, 0);
  document.getElementById("cart").textContent = count ? `Cart (${count})` : "Cart";
  const monitor = user ? settings.signedIn : settings.guest;
  document.body.dataset.visitor = user ? "user" : "guest";
  document.getElementById("visitor").replaceChildren(
    user ? `Signed in as ${user}` : "You are a guest",
    element("span", { class: "arrow", "aria-hidden": "true" }, " → "),
    element("span", { class: "visually-hidden" }, ", events go to "),
    element("strong", {}, breakable(monitor.name)));
  document.getElementById("account").replaceChildren(
    user ? element("button", { class: "plain", onclick: signOut }, "Sign out") : element("a", { href: "#/auth" }, "Sign in"));
}

async function signOut() {
  account.signOut();
  (await rum).signOut();
  go("/");
}

// The home page has one URL: from an empty hash, its own link to "#/" would record a second page view.
if (!location.hash) history.replaceState(null, "", "#/");
addEventListener("hashchange", arrive);
document.getElementById("jump").addEventListener("click", () => document.getElementById("panel-title").focus());
show();
recordView(path());
trials(document.getElementById("trials"), settings, account);
panel.watch();
const { client } = await rum;
document.getElementById("client").textContent = client === "stand-in" ? "stand-in for aws-rum-web" : client;
