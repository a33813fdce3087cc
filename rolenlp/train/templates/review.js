// The review page: shows one ad at a time, keeps the decisions, gives them back as a table.
//
// Whatever comes from an ad is put in as text, never as markup: see `element`.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const place = "rolenlp review " + data.key;
const byId = (id) => document.getElementById(id);

// Decisions in the order in which they were made: {ad, role, time}; a role of "" is a skip.
let decisions = restored();
let shown = 0; // the ad on the page; data.ads.length when all are settled
let kept = true; // whether the browser keeps the decisions

function restored() {
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? "[]");
    const ours = (each) =>
      Number.isInteger(each.ad) && each.ad >= 0 && each.ad < data.ads.length &&
      typeof each.time === "string" && (each.role === "" || data.roles.includes(each.role));
    return Array.isArray(found) ? found.filter(ours) : [];
  } catch {
    return []; // none kept, or what is kept is no longer readable
  }
}

function keep() {
  try {
    localStorage.setItem(place, JSON.stringify(decisions));
  } catch {
    kept = false; // a full disk, or a browser that keeps nothing for files
  }
}

// An element with a class and children: elements, or texts, which stay texts.
function element(name, kind = "", ...children) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...children);
  return made;
}

const settled = () => decisions.filter((each) => each.role);

// The next ad without a decision.
function next() {
  const done = new Set(decisions.map((each) => each.ad));
  const at = data.ads.findIndex((_, number) => !done.has(number));
  return at < 0 ? data.ads.length : at;
}

function decide(role) {
  if (shown === data.ads.length) return;
  const ad = shown;
  decisions.push({ ad, role, time: new Date().toISOString() });
  keep();
  shown = next();
  show(role ? `Last ad: you said ${role}. ${verdict(data.ads[ad])}` : "Skipped.");
}

function undo() {
  const last = decisions.pop();
  if (!last) return say("There is nothing to undo.");
  keep();
  shown = last.ad;
  show(`Taken back: ${last.role || "skipped"}.`);
}

function again() {
  decisions = settled();
  keep();
  shown = next();
  show("The ads that you skipped.");
}

function verdict(ad) {
  const title = ad.title_role ? `; the title alone says ${ad.title_role}` : "";
  return `The model says ${ad.role}, ${ad.sure} sure${title}.`;
}

function ask() {
  if (shown < data.ads.length) say(verdict(data.ads[shown]));
}

// What happened last. Screen readers read it out, as the element is a live region.
function say(sentence) {
  byId("said").textContent = sentence;
}

function show(sentence) {
  const total = data.ads.length;
  const roles = settled().length;
  const skipped = decisions.length - roles;
  const over = shown === total;
  const count = `${roles} decided` + (skipped ? `, ${skipped} skipped` : "");
  byId("count").textContent = over ? `${total} ads; ${count}` : `Ad ${shown + 1} of ${total}; ${count}`;
  byId("bar").max = total;
  byId("bar").value = decisions.length;
  say(kept ? sentence : `${sentence} This browser keeps nothing: download before you close it.`);
  byId("ad").replaceChildren(...(over ? end(roles, skipped) : parts(data.ads[shown])));
  document.querySelectorAll("[data-role], #skip, #verdict").forEach((button) => {
    button.disabled = over;
  });
  byId("undo").disabled = !decisions.length;
  byId("download").disabled = !roles;
  byId("ad").scrollTop = 0;
  window.scrollTo(0, 0);
  // A screen reader goes on from here; the heading does not scroll under what stays in view.
  byId("heading").focus({ preventScroll: true });
}

function heading(text) {
  const made = element("h2", "", text);
  made.id = "heading";
  made.tabIndex = -1;
  made.dir = "auto";
  return made;
}

function parts(ad) {
  const made = [heading(ad.title || "(no title)")];
  if (ad.company) {
    made.push(element("p", "company", ad.company));
    made[1].dir = "auto";
  }
  let list = null; // bullets that follow one another are one list
  for (const [kind, ...pieces] of ad.blocks) {
    const block = element(kind, "", ...pieces.map(piece));
    block.dir = "auto";
    if (kind !== "li") list = null;
    else if (!list) made.push((list = element("ul")));
    if (list) list.append(block);
    else made.push(block);
  }
  return made;
}

// A piece of text, or [text, pole, themes] where a phrase is quoted from it.
function piece(each) {
  if (typeof each === "string") return each;
  const [text, pole, themes] = each;
  return element("span", "", element("mark", pole, text), element("small", pole, ` ${themes}`));
}

function end(roles, skipped) {
  const made = [heading("That was the last ad")];
  made.push(
    element("p", "", roles ? "Download the corrections: key D." : "You decided none of them.")
  );
  made.push(element("p", "", "Then put them into the table, and teach a model:"));
  for (const command of data.then) made.push(element("p", "", element("code", "", command)));
  if (skipped) {
    const button = element("button", "", `Go back to the ${skipped} skipped`);
    button.type = "button";
    button.addEventListener("click", again);
    made.push(element("p", "", button));
  }
  return made;
}

// A cell as CSV has it; what needs no quotes gets none, so that cells stay what they were.
function cell(value) {
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function table() {
  // Of an ad decided more than once, the last decision counts.
  const last = new Map(settled().map((each) => [each.ad, each]));
  const rows = [...last.values()].sort((a, b) => a.ad - b.ad).map((each) => {
    const ad = data.ads[each.ad];
    return [...ad.cells, each.role, ad.role, each.time];
  });
  return [data.columns, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function download() {
  if (!settled().length) return say("There is nothing to download yet.");
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([table()], { type: "text/csv" }));
  link.download = "corrections.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say(`${settled().length} decisions are in corrections.csv.`);
}

const keys = {
  p: () => decide("product"),
  j: () => decide("project"),
  h: () => decide("hybrid"),
  o: () => decide("other"),
  s: () => decide(""),
  u: undo,
  v: ask,
  d: download,
};

document.addEventListener("keydown", (event) => {
  // A key held down decides once, and the browser's own keys stay its own.
  const other = event.repeat || event.ctrlKey || event.metaKey || event.altKey;
  const act = keys[event.key.toLowerCase()];
  if (other || !act || !byId("keys").checked) return;
  event.preventDefault();
  act();
});
for (const button of document.querySelectorAll("button[data-key]")) {
  button.addEventListener("click", keys[button.dataset.key]);
}

shown = next();
show(decisions.length ? "Welcome back: your decisions are here." : "");
