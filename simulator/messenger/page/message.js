// What a message of the Page looks like: text, media and templates.
import { el, link, list, text, webURL } from "./dom.js";

// render gives the parts of a message from the parameters of the call that sent it. tap(place) is called when
// the person taps a postback button.
export function render(message, tap) {
  const parts = [];
  if (message.text !== undefined) parts.push(bubble(text(message.text)));
  const attachments = list(message.attachments);
  if (message.attachment) attachments.unshift(message.attachment);
  for (const attachment of attachments) parts.push(attached(attachment ?? {}, tap));
  if (message.template) parts.push(note(`Utility template “${text(message.template.name)}”`));
  if (message.sticker_id !== undefined) parts.push(note(`Sticker ${text(message.sticker_id)}`));
  if (parts.length === 0) parts.push(note("A message that this page cannot show yet: see the inspector"));
  return parts;
}

// describe names the content of a message in one or two words, for the inspector.
export function describe(message) {
  const attachment = message.attachment ?? list(message.attachments)[0];
  if (attachment) {
    const payload = attachment.payload ?? {};
    return payload.template_type ? `${text(payload.template_type)} template` : lower(attachment.type);
  }
  if (message.template) return "utility template";
  if (message.sticker_id !== undefined) return "sticker";
  return list(message.quick_replies).length > 0 ? "text, quick replies" : "text";
}

export function bubble(content) {
  return el("div", { class: "bubble", dir: "auto" }, content);
}

function note(content) {
  return el("div", { class: "bubble note" }, content);
}

function attached(attachment, tap) {
  const payload = attachment.payload ?? {};
  const type = lower(attachment.type);
  if (type !== "template") return media(type, payload);
  switch (lower(payload.template_type)) {
    case "generic":
      return carousel(list(payload.elements).map((element, i) => card(element ?? {}, i, tap)));
    case "button":
      return el("div", { class: "card plain" },
        el("div", { class: "card-text" }, el("p", { class: "card-body", dir: "auto" }, text(payload.text))),
        buttons(payload.buttons, null, tap));
    case "media":
      return carousel(list(payload.elements).map((element, i) => mediaCard(element ?? {}, i, tap)));
    default:
      return note(`A ${text(payload.template_type)} template: see the inspector`);
  }
}

// media shows an attachment by its URL. By attachment ID there is nothing to show but the ID.
function media(type, payload) {
  const url = webURL(payload.url);
  if (!url) {
    const id = text(payload.attachment_id);
    return note(`${type || "attachment"} (${id ? `attachment ${id}` : "without a web address"})`);
  }
  switch (type) {
    case "image":
      return link(url, "media", image(url, "Image from the Page"));
    case "video":
      return el("video", { class: "media", src: url, controls: true, preload: "metadata" });
    case "audio":
      return el("audio", { class: "media", src: url, controls: true, preload: "metadata" });
    default: {
      const name = decode(new URL(url).pathname.split("/").pop()) || new URL(url).host;
      return link(url, "bubble file", el("span", { class: "file-icon" }), name);
    }
  }
}

// image shows a picture, and says so where it cannot be loaded.
function image(url, alt) {
  const picture = el("img", { src: url, alt, referrerpolicy: "no-referrer" });
  picture.addEventListener("error", () => {
    picture.replaceWith(el("span", { class: "broken" }, "This picture cannot be loaded: ", url));
  });
  return picture;
}

function carousel(cards) {
  if (cards.length === 1) return cards[0];
  const label = `Carousel of ${cards.length} cards`;
  return el("div", { class: "carousel", role: "group", tabindex: "0", "aria-label": label }, ...cards);
}

function card(element, index, tap) {
  const url = webURL(element.image_url);
  const target = webURL(element.default_action?.url);
  const title = el("p", { class: "card-title", dir: "auto" }, text(element.title));
  return el("div", { class: "card" },
    url ? el("div", { class: "card-image" }, image(url, "")) : null,
    el("div", { class: "card-text" },
      target ? link(target, "card-link", title) : title,
      element.subtitle ? el("p", { class: "card-subtitle", dir: "auto" }, text(element.subtitle)) : null),
    buttons(element.buttons, index, tap));
}

function mediaCard(element, index, tap) {
  return el("div", { class: "card" },
    el("div", { class: "card-text" }, media(lower(element.media_type), element)),
    buttons(element.buttons, index, tap));
}

function buttons(specs, element, tap) {
  const nodes = list(specs).map((spec, i) => button(spec ?? {}, () => tap({ element, button: i })));
  return nodes.length === 0 ? null : el("div", { class: "actions" }, ...nodes);
}

// button shows one button of a template. Only a postback sends something; only a web address is followed.
function button(spec, onclick) {
  const type = lower(spec.type);
  const titles = { account_link: "Log in", account_unlink: "Log out" };
  const title = text(spec.title) || titles[type] || type;
  if (type === "postback") return el("button", { class: "action", type: "button", onclick }, title);
  const url = type === "web_url" ? webURL(spec.url) : null;
  if (url) return link(url, "action", title);
  const why = type === "web_url" ? "not an http or https address" : `${type} buttons do nothing here yet`;
  return el("button", { class: "action", type: "button", disabled: true, title: why }, title);
}

// quickReply shows one quick reply, or nothing for a kind that Messenger has removed. The person's own phone number
// and e-mail address stand on those that ask for them.
export function quickReply(spec, profile, onclick) {
  const titles = { user_phone_number: profile.phone, user_email: profile.email };
  const type = lower(spec?.content_type);
  if (type !== "text" && !titles[type]) return null;
  const icon = type === "text" ? webURL(spec.image_url) : null;
  return el("button", { class: "chip", type: "button", onclick },
    icon ? el("img", { src: icon, alt: "", referrerpolicy: "no-referrer" }) : null,
    titles[type] ?? text(spec.title));
}

function lower(value) {
  return text(value).toLowerCase();
}

function decode(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
