// What the Messenger Profile of the Page shows: the greeting, and the ice breakers or the Get Started button, where
// nothing was said yet; commands and the persistent menu beside the field.
import { el, link, list, text, webURL } from "./dom.js";

export class Welcome {
  constructor(parts, open, write) {
    this.parts = parts; // elements of the page, by the names that are taken from it below
    this.open = open; // open(what) sends a tap
    this.write = write; // write(text) puts text into the field
    this.welcome = {};
    this.fresh = true; // nothing was said yet
    for (const button of [parts.getStarted, parts.instead.querySelector("button")]) {
      button.addEventListener("click", () => open({ get_started: true }));
    }
    parts.showMenu.addEventListener("click", () => this.toggle(parts.menu.hidden));
    parts.field.addEventListener("input", () => this.suggest());
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || parts.menu.hidden || this.welcome.menu_only) return;
      this.toggle(false);
      parts.showMenu.focus();
    });
  }

  // show shows the profile as it is now.
  show(welcome) {
    this.welcome = welcome ?? {};
    const { greeting, menu } = this.parts;
    greeting.textContent = text(this.welcome.greeting);
    menu.replaceChildren(...list(this.welcome.menu).map((item, i) => this.item(item ?? {}, i)));
    this.toggle(Boolean(this.welcome.menu_only));
    this.arrange();
  }

  // begun says that the thread is not new any more.
  begun() {
    if (!this.fresh) return;
    this.fresh = false;
    this.arrange();
  }

  // arrange shows what belongs to a thread in its state.
  arrange() {
    const { greeting, hint, instead, iceBreakers, getStarted, showMenu, field, send } = this.parts;
    const questions = this.fresh ? list(this.welcome.ice_breakers) : [];
    const starts = this.fresh && Boolean(this.welcome.get_started) && questions.length === 0;
    const silent = starts || Boolean(this.welcome.menu_only);
    greeting.hidden = !this.fresh || !greeting.textContent;
    iceBreakers.hidden = questions.length === 0;
    iceBreakers.replaceChildren(...questions.map((question, i) =>
      el("button", { class: "chip", type: "button", onclick: () => this.open({ ice_breaker: i }) }, text(question))));
    getStarted.hidden = !starts;
    instead.hidden = questions.length === 0 || !this.welcome.get_started;
    hint.textContent = `${starts ? "Tap Get Started" : "Write a message"}, as a person who has found your Page would.`;
    field.hidden = send.hidden = silent;
    showMenu.hidden = starts || list(this.welcome.menu).length === 0;
    this.suggest();
  }

  item(item, i) {
    const url = webURL(item.url);
    const tap = () => {
      this.toggle(Boolean(this.welcome.menu_only));
      this.open({ menu: i });
    };
    return el("li", {}, url ? link(url, "menu-item", text(item.title))
      : el("button", { class: "menu-item", type: "button", onclick: tap }, text(item.title)));
  }

  toggle(open) {
    const { menu, showMenu } = this.parts;
    menu.hidden = !open || menu.children.length === 0;
    showMenu.setAttribute("aria-expanded", String(!menu.hidden));
  }

  // suggest shows the commands that what was written may become.
  suggest() {
    const { commands, field } = this.parts;
    const said = field.value;
    const found = /^\/\S*$/.test(said)
      ? list(this.welcome.commands).filter((command) => `/${text(command?.name)}`.startsWith(said)) : [];
    commands.replaceChildren(...found.map(({ name, description }) =>
      el("button", { class: "menu-item", type: "button", onclick: () => this.write(`/${text(name)} `) },
        el("b", {}, `/${text(name)}`), " ", text(description))));
    commands.hidden = found.length === 0 || field.hidden;
  }
}
