// Building the page: elements and text only. What a bot or a person sends never becomes HTML.

// el makes an element. Children are nodes or strings; strings become text.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// text gives a string for whatever stands in a field that should hold one.
export function text(value) {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

// list gives an array for whatever stands in a field that should hold one.
export function list(value) {
  return Array.isArray(value) ? value : [];
}

// webURL gives the address if it is an http or https URL, and null for all else: javascript:, data:, file:.
export function webURL(value) {
  try {
    const url = new URL(text(value));
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

// link opens an address in another tab that can neither reach this page nor learn its URL.
export function link(url, className, ...children) {
  return el("a", { class: className, href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

// atEnd says whether a scrolling element shows its end, so that what is added next should be scrolled to.
export function atEnd(node) {
  return node.scrollHeight - node.scrollTop - node.clientHeight < 80;
}

export function toEnd(node) {
  node.scrollTop = node.scrollHeight;
}

// clock shows a time of day.
export function clock(millis) {
  return new Date(millis).toLocaleTimeString([], { timeStyle: "medium", hourCycle: "h23" });
}

// duration shows a span of time in the largest unit that it fills: 3.2 ms, 1.5 s, 25 h.
export function duration(millis) {
  if (millis < 10) return `${millis.toFixed(1)} ms`;
  if (millis < 1000) return `${Math.round(millis)} ms`;
  const units = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000]];
  for (const [unit, length] of units) {
    if (millis % length === 0) return `${millis / length} ${unit}`;
  }
  return `${(millis / 1000).toFixed(1)} s`;
}
