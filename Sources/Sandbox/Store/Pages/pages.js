// SPDX-License-Identifier: Apache-2.0

import { find, price, products } from "./catalogue.js";
import { drawing, element } from "./elements.js";

/** Returns the title and the content of the page at a path. `shop` has the cart and the user's actions. */
export function page(path, shop) {
  const [, name, id] = path.split("/");
  const product = name === "product" && find(id);
  if (path === "/") return home();
  if (product) return details(product, shop);
  return { "/cart": cart, "/checkout": checkout, "/order": order, "/auth": signIn }[path]?.(shop) ?? nowhere();
}

const link = (path, text, kind) => element("a", { href: `#${path}`, class: kind }, text);
const heading = (text) => element("h1", { tabindex: "-1" }, text);
const picture = (product) => element("span", { class: "picture" }, drawing(product.drawing));

function home() {
  const card = (product) =>
    element("li", {}, element("a", { class: "card", href: `#/product/${product.id}` },
      picture(product), element("strong", {}, product.name), element("span", { class: "price" }, price(product.price))));
  return {
    title: "Ship chandlers",
    content: [
      heading("Everything but the ship"),
      element("p", { class: "lead" }, "Rope, light and north, for those who go to sea and those who would like to."),
      element("ul", { class: "cards" }, products.map(card)),
    ],
  };
}

function details(product, shop) {
  const added = element("p", { class: "after", role: "status" });
  const add = () => {
    shop.add(product);
    added.replaceChildren("It is in your cart. ", link("/cart", "View cart"));
  };
  return {
    title: product.name,
    content: [
      element("p", { class: "back" }, link("/", "← All goods")),
      element("article", { class: "product" }, picture(product),
        element("div", {}, heading(product.name), element("p", { class: "price" }, price(product.price)),
          element("p", {}, product.text),
          element("button", { class: "primary", onclick: add }, "Add to cart"), added)),
    ],
  };
}

function lines(shop, row) {
  return element("ul", { class: "lines" }, shop.lines.map(({ product, count }) =>
    element("li", {}, picture(product), element("span", { class: "grow" }, element("strong", {}, product.name),
      element("span", { class: "price" }, `${count} × ${price(product.price)}`)), row?.(product))));
}

const total = (shop) => element("p", { class: "total" }, "Total ", element("strong", {}, price(shop.total)));
const empty = () => ["Nothing in it yet. ", link("/", "Have a look round")];

function cart(shop) {
  const remove = (product) =>
    element("button", { "aria-label": `Remove ${product.name}`, onclick: () => shop.remove(product) }, "Remove");
  return {
    title: "Cart",
    content: [
      heading("Your cart"),
      ...(shop.lines.length
        ? [lines(shop, remove), total(shop), link("/checkout", "Checkout", "button primary")]
        : [element("p", {}, empty())]),
    ],
  };
}

function checkout(shop) {
  return {
    title: "Checkout",
    content: [
      heading("Checkout"),
      ...(shop.lines.length
        ? [lines(shop), total(shop), element("p", {}, "Delivered to the quay. Nothing is charged: this is a demo."),
          element("button", { class: "primary", onclick: () => shop.order() }, "Place your order")]
        : [element("p", {}, empty())]),
    ],
  };
}

function order() {
  return {
    title: "Thank you",
    content: [
      heading("Thank you, it is on its way"),
      element("p", { class: "lead" }, "The quartermaster has your order and is looking for a box."),
      link("/", "Back to the shop", "button"),
    ],
  };
}

function signIn(shop) {
  const problem = element("p", { class: "problem", role: "alert" });
  const field = (name, label, type, autocomplete) => [
    element("label", { for: name }, label),
    element("input", { id: name, name, type, autocomplete, required: true, autocapitalize: "none", spellcheck: "false" }),
  ];
  const form = element("form", { onsubmit: submit },
    field("username", "Name", "text", "username"), field("password", "Password", "password", "current-password"),
    problem, element("button", { class: "primary" }, "Sign in"));
  async function submit(event) {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    problem.textContent = "";
    try {
      await shop.signIn(form.username.value, form.password.value);
    } catch (error) {
      problem.textContent = `That did not work: ${error.message}`;
      button.disabled = false;
    }
  }
  const fill = (user) => element("button", {
    type: "button",
    onclick() {
      form.username.value = user.name;
      form.password.value = user.password;
    },
  }, user.name, element("span", { class: "quiet" }, ` / ${user.password}`));
  return {
    title: "Sign in",
    content: [
      heading("Sign in"),
      form,
      element("p", { class: "quiet" }, "The sandbox's identity provider knows these two:"),
      element("p", { class: "choices" }, shop.users.map(fill)),
    ],
  };
}

function nowhere() {
  return { title: "Not found", content: [heading("Here be dragons"), element("p", {}, link("/", "Back to the shop"))] };
}
