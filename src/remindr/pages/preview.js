// The page that `remindr preview --html` writes. All it shows lies in the file; it asks nobody for anything.
// Names and words come from exports: they only ever become text nodes, and mails only ever live in a closed frame.

const data = JSON.parse(document.getElementById("data").textContent);
const head = data.head;
const rows = upright(data.rows);
rows.forEach((row, at) => {
  row.at = at;
  row.haystack = folded([row.id, row.name, row.to, row.invoices].join("\n"));
});

const CHANNELS = { email: "E-mail", call: "Call", sms: "Text message", letter: "Letter" };
const STATES = { "goes out": "going out", "left alone": "left alone", held: "held back" };
const narrow = matchMedia("(max-width: 56rem)");
const $ = (id) => document.getElementById(id);
const list = $("customers");
const run = $("run");
const form = $("filters");
const fields = form.elements;
const numbers = new Intl.NumberFormat("en-GB");

// Small helpers

function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function plural(count, one, many = one + "s") {
  return `${numbers.format(count)} ${count === 1 ? one : many}`;
}

function words(code) {
  return code.replaceAll("_", " ");
}

const MONTHS = "January February March April May June July August September October November December".split(" ");

function day(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  return `${date} ${MONTHS[month - 1]} ${year}`;
}

function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

// As people type it in a hurry: without capitals, without accents.
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

// The cases, unpacked when somebody looks

// Records are written column by column, so that each key stands there once and what is alike stands together.
function upright(columns) {
  const keys = Object.keys(columns);
  return (columns[keys[0]] ?? []).map((_, at) => Object.fromEntries(keys.map((key) => [key, columns[key][at]])));
}

const packs = document.querySelectorAll("script.pack");
const unpacked = new Map();

async function unpack(number) {
  const bytes = Uint8Array.from(atob(packs[number].textContent), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return upright(await new Response(stream).json());
}

async function caseOf(row) {
  const number = Math.floor(row.at / data.pack);
  if (!unpacked.has(number)) {
    if (unpacked.size > 12) unpacked.delete(unpacked.keys().next().value);
    unpacked.set(number, unpack(number));
  }
  return (await unpacked.get(number))[row.at % data.pack];
}

// Filters

const isPersons = (row) => row.flags.length > 0 || row.state === "held";
const ORDERS = {
  name: (a, b) => a.name.localeCompare(b.name) || a.at - b.at,
  amount: (a, b) => b.amount - a.amount || a.at - b.at,
  overdue: (a, b) => b.overdue - a.overdue || a.at - b.at,
};
let shown = rows;
let chosen = -1; // position in `shown`
let opened = null; // the row that is read

function filtered() {
  const wanted = Object.fromEntries(new FormData(form));
  const asked = folded($("search").value).split(/\s+/).filter(Boolean);
  const amount = Number.parseFloat(wanted.amount);
  const found = rows.filter(
    (row) =>
      (!wanted.state || (wanted.state === "person" ? isPersons(row) : row.state === wanted.state)) &&
      (!wanted.segment || row.segment === wanted.segment) &&
      (!wanted.step || row.step === wanted.step) &&
      (!wanted.channel || row.channels.includes(wanted.channel)) &&
      (!wanted.flag || row.flags.includes(wanted.flag)) &&
      (!wanted.reason || row.reasons.includes(wanted.reason)) &&
      !(row.amount < amount) &&
      asked.every((word) => row.haystack.includes(word)),
  );
  return wanted.sort ? found.sort(ORDERS[wanted.sort]) : found;
}

function refresh() {
  const before = shown[chosen];
  shown = filtered();
  chosen = shown.indexOf(before);
  const active = ["segment", "step", "channel", "amount", "flag", "reason"].filter((name) => fields[name].value);
  $("active").textContent = active.length ? `${active.length} on` : "";
  $("count").textContent =
    shown.length === rows.length
      ? plural(rows.length, "customer")
      : `${numbers.format(shown.length)} of ${plural(rows.length, "customer")}`;
  $("nobody").hidden = shown.length > 0;
  list.hidden = shown.length === 0;
  $("print-all").disabled = shown.length === 0;
  list.scrollTop = chosen < 0 ? 0 : list.scrollTop;
  draw();
}

function choose(changes) {
  form.reset();
  for (const [name, value] of Object.entries(changes)) fields[name].value = value;
  if (Object.keys(changes).some((name) => name !== "state")) $("more").open = true;
  refresh();
  if (narrow.matches) closeCase();
  list.focus();
}

// The list: only the rows in sight exist

let rowHeight = 72;
const SPARE = 6;

function draw() {
  run.style.height = `${shown.length * rowHeight}px`;
  const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - SPARE);
  const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / rowHeight) + SPARE);
  const drawn = [];
  for (let at = first; at < last; at += 1) drawn.push(option(shown[at], at));
  if (chosen >= 0 && (chosen < first || chosen >= last)) drawn.push(option(shown[chosen], chosen));
  run.replaceChildren(...drawn);
  if (chosen >= 0) list.setAttribute("aria-activedescendant", `row-${shown[chosen].at}`);
  else list.removeAttribute("aria-activedescendant");
}

function option(row, at) {
  const how = row.channels.map((channel) => CHANNELS[channel]).join(" + ");
  const told =
    row.state === "goes out" ? `${how} · ${row.step}` : row.state === "held" ? "held back: no words" : silence(row);
  const node = el(
    "div",
    {
      role: "option",
      id: `row-${row.at}`,
      class: `row ${row.state === "goes out" ? "" : "quiet"}`,
      "aria-selected": at === chosen ? "true" : "false",
      "aria-posinset": at + 1,
      "aria-setsize": shown.length,
    },
    el("span", { class: "name" }, row.name),
    el("span", { class: "sum" }, row.total),
    el("span", { class: "how" }, told),
    isPersons(row) ? el("span", { class: "mark", title: "for a person to look at" }, "⚑", unseen("for a person")) : null,
  );
  node.style.transform = `translateY(${at * rowHeight}px)`;
  return node;
}

function silence(row) {
  const why = row.reasons.map(words).join(", ");
  return row.next ? `next on ${day(row.next)} · ${why}` : why;
}

function unseen(text) {
  return el("span", { class: "unseen" }, text);
}

function move(to, { follow = true } = {}) {
  if (shown.length === 0) return;
  chosen = Math.min(Math.max(to, 0), shown.length - 1);
  const top = chosen * rowHeight;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + rowHeight > list.scrollTop + list.clientHeight) list.scrollTop = top + rowHeight - list.clientHeight;
  draw();
  if (follow && (!narrow.matches || opened)) openCase(shown[chosen]);
}

// Reading: the overview, or one customer

function placeOf(row) {
  return `#customer=${encodeURIComponent(row.id)}`;
}

function keepPlace(place, isStep = false) {
  try {
    if (isStep) history.pushState(null, "", place);
    else history.replaceState(null, "", place);
  } catch {
    // Some viewers of files keep no places; reading works all the same.
  }
}

let turn = 0; // of several cases asked for in a hurry only the last is shown

async function openCase(row, { focus = false, remember = true } = {}) {
  opened = row;
  turn += 1;
  const mine = turn;
  const known = await caseOf(row);
  if (mine !== turn) return;
  const fresh = caseView(row, known);
  read(fresh, "reading");
  if (remember && location.hash !== placeOf(row)) keepPlace(placeOf(row), narrow.matches && focus);
  if (focus) fresh.querySelector("h2").focus();
}

function closeCase() {
  opened = null;
  turn += 1;
  if (location.hash) keepPlace(location.pathname + location.search);
  read(overview(), "");
}

// What is read stands beside the list, or on a phone in its place; `screen` says which of them that is.
function read(view, screen) {
  $("read").replaceChildren(view);
  $("read").scrollTop = 0;
  document.body.dataset.screen = screen;
  $("home").textContent = screen === "overview" ? "List" : "Overview";
}

function home() {
  if (document.body.dataset.screen === "overview") return backToList();
  closeCase();
  if (narrow.matches) read(overview(), "overview");
  $("read").querySelector("h2").focus();
}

function fromPlace() {
  const row = location.hash && rows.find((one) => placeOf(one) === location.hash);
  if (!row) return closeCase();
  chosen = shown.indexOf(row);
  if (chosen >= 0) move(chosen, { follow: false });
  return openCase(row, { remember: false });
}

function section(title, ...children) {
  return el("section", {}, el("h3", {}, title), ...children);
}

function overview() {
  const going = rows.filter((row) => row.state === "goes out");
  const alone = rows.filter((row) => row.state === "left alone");
  const persons = rows.filter(isPersons).sort(ORDERS.amount);
  const lead =
    going.length === 0
      ? "Nobody hears from you."
      : `${plural(going.length, "customer hears", "customers hear")} from you, about ${head.asked.replaceAll(" + ", " and ")}.`;
  return el(
    "article",
    { class: "overview" },
    head.trial ? [triedView(head.trial), el("h2", {}, `Today ${lead}`)] : el("h2", { tabindex: -1 }, lead),
    el(
      "p",
      { class: "aside" },
      alone.length === 0
        ? "Nobody else has an open invoice. "
        : `${plural(alone.length, "customer")} with open invoices ${alone.length === 1 ? "is" : "are"} left alone. `,
      `Payments are counted up to ${head.counted_until}. This is a preview: nothing has been sent.`,
    ),
    ...head.notes.map((note) => el("p", { class: "note", role: "note" }, note)),
    el(
      "div",
      { class: "tables" },
      tally("By segment", going.map((row) => row.segment), (segment) => ({ state: "goes out", segment })),
      tally("By step", going.map((row) => row.step), (step) => ({ state: "goes out", step })),
      tally("By channel", going.flatMap((row) => row.channels), (channel) => ({ channel }), (code) => CHANNELS[code]),
      tally("Left alone because", alone.flatMap((row) => row.reasons), (reason) => ({ state: "left alone", reason }), words),
      tally("Flags", rows.flatMap((row) => row.flags), (flag) => ({ flag }), words),
    ),
    head.trial ? pastView(head.trial) : null,
    persons.length ? forPersons(persons) : null,
    head.unreadable.length ? unreadable() : null,
  );
}

// What `remindr try` adds: everybody's segment above today's notices, the days before today below them

let tried = ""; // the segment whose customers are listed, empty for all
let allTried = false;

function triedView(trial) {
  const most = Math.max(1, ...trial.segments.map((one) => one.customers));
  const people = el("div", { id: "people" });
  const buttons = trial.segments.map((one) => {
    const bar = el("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${(100 * one.customers) / most}%`;
    const owed = one.overdue ? `${one.overdue} overdue` : one.open ? `${one.open} open` : "nothing open";
    const told = el("span", { class: "label" }, el("b", {}, one.name), ` ${one.about}`, el("span", { class: "aside" }, ` ${owed}`));
    const press = () => pick(tried === one.name ? "" : one.name);
    return el("button", { type: "button", "data-name": one.name, onclick: press }, told, el("span", { class: "number" }, numbers.format(one.customers)), bar);
  });
  function pick(name) {
    tried = name;
    allTried = false;
    form.reset();
    fields.segment.value = name;
    refresh();
    show();
  }
  function show() {
    buttons.forEach((button) => button.setAttribute("aria-pressed", button.dataset.name === tried ? "true" : "false"));
    people.replaceChildren(peopleView(trial, () => ((allTried = true), show())));
  }
  show();
  return [
    el("h2", { tabindex: -1 }, trial.lead),
    trial.read.map((line) => el("p", { class: "aside" }, line)),
    el("section", { id: "segments", "aria-label": "Segments" }, el("h3", {}, "Who pays how"), el("ul", { class: "tally" }, buttons.map((button) => el("li", {}, button))), people),
  ];
}

function peopleView(trial, more) {
  const own = trial.people.filter((one) => !tried || one.segment === tried);
  const lines = own.slice(0, allTried ? own.length : FEW).map((one) => {
    const row = rows.find((row) => row.id === one.id);
    const name = row ? el("button", { type: "button", onclick: () => jump(row) }, one.name) : one.name;
    return [el("span", { class: "links" }, name), one.segment, one.open, one.because];
  });
  const rest = own.length - lines.length;
  return el(
    "div",
    {},
    lines.length ? table(["Customer", "Segment", "Open", "Why"], lines, { right: [2], wide: "wide" }) : el("p", { class: "aside" }, "Nobody is in this segment."),
    rest > 0 ? el("p", {}, el("button", { type: "button", onclick: more }, `and ${numbers.format(rest)} more`)) : null,
    trial.more > 0 && rest === 0 ? el("p", { class: "aside" }, `${plural(trial.more, "more customer")} are counted above and not listed here.`) : null,
  );
}

function pastView(trial) {
  const lines = trial.regretted.map((one) => [day(one.on), one.name, one.what, one.because]);
  return [
    section(
      "The days before, replayed",
      trial.replay.map((line) => el("p", {}, line)),
      lines.length ? table(["Day", "Customer", "What", "Why you might have regretted it"], lines) : null,
    ),
    section("What these files cannot say", el("ul", {}, trial.unknown.map((line) => el("li", {}, line)))),
  ];
}

function tally(title, values, filter, name = (value) => value) {
  const counts = counted(values);
  if (counts.length === 0) return null;
  const most = counts[0][1];
  return section(
    title,
    el(
      "ul",
      { class: "tally" },
      counts.map(([value, count]) => {
        const bar = el("span", { class: "bar", "aria-hidden": "true" });
        bar.style.width = `${(100 * count) / most}%`;
        const label = el("span", { class: "label" }, name(value));
        const button = { type: "button", onclick: () => choose(filter(value)) };
        return el("li", {}, el("button", button, label, el("span", { class: "number" }, numbers.format(count)), bar));
      }),
    ),
  );
}

const FEW = 12;

function forPersons(persons) {
  const more = persons.length - FEW;
  return section(
    "For a person to look at",
    el(
      "ul",
      { class: "links" },
      persons.slice(0, FEW).map((row) =>
        el(
          "li",
          {},
          el("button", { type: "button", onclick: () => jump(row) }, row.name),
          ` ${row.state === "held" ? "held back: no words for it" : row.flags.map(words).join(", ")}`,
        ),
      ),
    ),
    more > 0
      ? el("p", {}, el("button", { type: "button", onclick: () => choose({ state: "person" }) }, `and ${numbers.format(more)} more`))
      : null,
  );
}

function jump(row) {
  if (!shown.includes(row)) {
    form.reset();
    refresh();
  }
  move(shown.indexOf(row), { follow: false });
  openCase(row, { focus: true });
}

const MANY = 100;

function unreadable() {
  const more = head.unreadable.length - MANY;
  return section(
    "Could not be read",
    el("p", { class: "aside" }, "The customers named there get no notice until the cell is mended."),
    table(
      ["Place", "Customer", "Column", "Value", "Why"],
      head.unreadable
        .slice(0, MANY)
        .map((cell) => [cell.place, cell.customer || "?", cell.column, cell.value, cell.reason]),
    ),
    more > 0 ? el("p", { class: "aside" }, `and ${numbers.format(more)} more: remindr preview lists them all.`) : null,
  );
}

function table(columns, lines, { right = [], wide = "" } = {}) {
  const side = (at) => (right.includes(at) ? "right" : null);
  return el(
    "div",
    { class: `scroll ${wide}`, tabindex: 0, role: "group", "aria-label": columns[0] + " table" },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, columns.map((name, at) => el("th", { scope: "col", class: side(at) }, name)))),
      el("tbody", {}, lines.map((cells) => el("tr", {}, cells.map((cell, at) => el("td", { class: side(at), "data-label": columns[at] }, cell))))),
    ),
  );
}

function caseView(row, known) {
  const nothing = "Their open invoices, and why they wait";
  const kind = row.state === "goes out" ? `${row.segment} · ${row.step} · ${known.level}` : `${row.segment} · ${STATES[row.state]}`;
  const who = [row.id, row.to].filter(Boolean).join(" · ");
  return el(
    "article",
    { class: "case", "aria-label": row.name },
    el(
      "div",
      { class: "bar-of-case" },
      el("button", { type: "button", class: "back", onclick: backToList }, "← List"),
      el("p", { class: "kind" }, kind),
      el("button", { type: "button", onclick: printOpened }, "Print"),
    ),
    el("header", {}, el("h2", { tabindex: -1 }, row.name), el("p", { class: "total" }, row.total), el("p", { class: "who" }, who)),
    known.flags.map((flag) =>
      el("p", { class: "note" }, el("b", {}, `${words(flag.code)}${flag.invoice ? ` (${flag.invoice})` : ""}: `), flag.detail),
    ),
    el(
      "div",
      { class: "beside" },
      el("div", { class: "message" }, known.messages.length ? messageView(row, known) : silentView(row, known)),
      el(
        "div",
        { class: "margin" },
        section("Why", known.instead ? el("p", { class: "instead" }, known.instead) : null, sentences(known)),
        section("How they pay", settledView(known.settled), figures(known.figures)),
        known.said.length ? section("Said before", said(known.said)) : null,
      ),
      el("div", { class: "open" }, section(row.state === "goes out" ? "Their open invoices" : nothing, invoices(known.invoices))),
    ),
  );
}

function sentences(known) {
  const first = known.why.slice(0, 3).map((why) => el("p", { class: "first" }, why));
  return el("div", { class: "why" }, first, known.sentences.map((sentence) => el("p", {}, sentence)));
}

function silentView(row, known) {
  const next = row.next ? `The next contact is on ${day(row.next)}.` : "There is no next contact until that changes.";
  const details = new Set(known.invoices.flatMap((one) => one.reasons.map((reason) => reason.detail.replace(/\.$/, ""))));
  const why = [...details].map((detail) => el("p", {}, `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}.`));
  return el(
    "div",
    { class: "silence" },
    el("p", { class: "big" }, row.state === "held" ? "No words could be found." : "Nothing goes out today."),
    known.held ? el("pre", {}, known.held) : [why, el("p", {}, next)],
  );
}

// Messages

const VIEWS = { email: "E-mail", call: "Call notes", sms: "Text message", letter: "Letter" };

function viewsOf(messages) {
  return messages.flatMap((message) => {
    const name = VIEWS[message.channel];
    if (message.html === null) return [{ name, message, html: false }];
    return [
      { name, message, html: true },
      { name: `${name} as text`, message, html: false },
    ];
  });
}

function messageView(row, known) {
  const views = viewsOf(known.messages);
  const sheet = el("div", { class: "sheet" });
  const buttons = views.map((view, at) => el("button", { type: "button", onclick: () => show(at) }, view.name));
  function show(at) {
    buttons.forEach((button, which) => button.setAttribute("aria-pressed", which === at ? "true" : "false"));
    sheet.replaceChildren(...oneMessage(row, views[at]));
  }
  show(0);
  return [views.length > 1 ? el("div", { class: "views", role: "group", "aria-label": "Show the message as" }, buttons) : null, sheet];
}

function otherForm() {
  const buttons = [...document.querySelectorAll(".views button")];
  const now = buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true");
  buttons[(now + 1) % buttons.length]?.click();
}

function oneMessage(row, { message, html }) {
  const more = message.lines ?? [];
  const sender = more.some(([name]) => name === "From") ? [] : [["From", head.sender]];
  const lines = { email: [...sender, ["To", row.to], ...more, ["Subject", message.subject]], call: [["Ring", row.to]], sms: [["To", row.to]], letter: [["Post to", row.to], ["Subject", message.subject]] }[message.channel];
  const header = el("dl", { class: "lines" }, lines.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value || "(none on file)"))));
  return [header, html ? frame(message) : plainText(message)];
}

function plainText(message) {
  return el("div", { class: `plain ${message.channel}` }, paragraphs(message.text));
}

// Blank lines part paragraphs; those with aligned columns keep a type in which they stay aligned.
function paragraphs(text) {
  return text.split(/\n\n+/).map((part) => el("p", { class: /\S {2,}\S/.test(part) ? "aligned" : null }, part));
}

const GUARD = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><base target="_blank">`;

// No scripts, no forms, no pop-ups, no way out: `allow-same-origin` only lets this page measure and listen to it.
function frame(message) {
  const node = el("iframe", { sandbox: "allow-same-origin", title: `The ${VIEWS[message.channel].toLowerCase()} as the customer sees it` });
  node.addEventListener("load", () => {
    const inside = node.contentDocument;
    if (!inside?.body) return;
    const fit = () => {
      node.style.height = "0";
      node.style.height = `${inside.documentElement.scrollHeight + 1}px`;
    };
    fit();
    let width = node.clientWidth;
    new ResizeObserver(() => {
      if (node.clientWidth !== width) fit();
      width = node.clientWidth;
    }).observe(node);
    inside.addEventListener("keydown", pressed);
    inside.addEventListener("click", (event) => event.preventDefault());
  });
  node.srcdoc = /<head[^>]*>/i.test(message.html) ? message.html.replace(/<head[^>]*>/i, (tag) => tag + GUARD) : `<!DOCTYPE html>${GUARD}${message.html}`;
  return node;
}

// History and invoices

function figures(list_) {
  return el("dl", { class: "figures" }, list_.map((one) => el("div", {}, el("dt", {}, one.label), el("dd", {}, one.value))));
}

function late(days) {
  if (days === 0) return "on the day";
  return days > 0 ? `${plural(days, "day")} late` : `${plural(-days, "day")} early`;
}

function settledView(settled) {
  if (settled.length === 0) return null;
  const worst = Math.max(14, ...settled.map((one) => one.late));
  const bars = settled.map((one) => {
    const bar = el("span", { class: one.late > 0 ? "late" : "good" });
    bar.style.height = `${Math.max(6, (100 * Math.min(one.late, worst)) / worst)}%`;
    return el("li", { title: `${one.id}: ${late(one.late)}, ${day(one.on)}` }, bar, unseen(`${one.id}: ${late(one.late)}, ${day(one.on)}`));
  });
  const last = settled[settled.length - 1];
  return el(
    "figure",
    { class: "beats" },
    el("ol", {}, bars),
    el("figcaption", {}, `${plural(settled.length, "invoice")} settled last; the latest on ${day(last.on)}, ${late(last.late)}`),
  );
}

function said(contacts) {
  return el("ul", { class: "said" }, contacts.map((one) => el("li", {}, `${day(one.on)}: ${one.step}, about ${one.invoices}`)));
}

function invoices(open) {
  const fate = (one) => {
    const told = one.part ? [el("b", {}, one.part), one.step ? ` · step ${one.step}` : ""] : [];
    const silent = one.reasons.map((reason) =>
      el("div", {}, el("b", {}, words(reason.code)), `: ${reason.detail}${reason.until && !reason.detail.includes(reason.until) ? ` (until ${day(reason.until)})` : ""}`),
    );
    return el("div", { class: "fate" }, told, silent);
  };
  const age = (days) => (days > 0 ? `${plural(days, "day")} past due` : days === 0 ? "due today" : `in ${plural(-days, "day")}`);
  const lines = open.map((one) => [one.id, one.due, age(one.days), one.open, fate(one), one.next || (one.reasons.length ? "needs a person" : "–")]);
  return table(["Invoice", "Due", "Age", "Open", "Today", "Next contact"], lines, { right: [2, 3], wide: "wide" });
}

// Printing

function printed(row, known) {
  return el(
    "article",
    {},
    el("header", {}, el("h2", {}, row.name), el("p", {}, [row.id, row.segment, row.step, row.total].filter(Boolean).join(" · "))),
    known.messages.map((message) =>
      el("section", {}, oneMessage(row, { message, html: false })),
    ),
    known.messages.length ? el("ul", { class: "reasons" }, known.why.map((why) => el("li", {}, why))) : el("p", {}, silence(row)),
  );
}

function printedList() {
  const lines = shown.map((row) => [row.id, row.name, row.segment, row.state === "goes out" ? row.step : silence(row), row.channels.map((one) => CHANNELS[one]).join(" + "), row.total]);
  return [el("h1", {}, `${head.company}, ${head.day}`), el("p", {}, $("count").textContent), table(["Customer", "Name", "Segment", "What", "By", "Total"], lines, { right: [5] })];
}

async function printRows(wanted) {
  const pages = [];
  for (const row of wanted) pages.push(printed(row, await caseOf(row)));
  $("paper").replaceChildren(...pages);
  print();
}

function printOpened() {
  return opened ? printRows([opened]) : print();
}

addEventListener("beforeprint", () => {
  if ($("paper").childElementCount === 0) $("paper").replaceChildren(...printedList());
});
addEventListener("afterprint", () => $("paper").replaceChildren());

// Keys

function backToList() {
  const at = chosen;
  closeCase();
  list.focus();
  if (at >= 0) move(at, { follow: false });
}

function escape() {
  const inList = document.activeElement === list;
  if (document.activeElement === $("search") && $("search").value) {
    $("search").value = "";
    refresh();
  } else if (!inList && opened && !narrow.matches) list.focus();
  else if (opened) backToList();
  else list.focus();
}

const KEYS = {
  j: () => move(chosen + 1),
  k: () => move(chosen - 1),
  "/": () => $("search").focus(),
  f: () => {
    $("more").open = true;
    fields.segment.focus();
  },
  v: otherForm,
  p: printOpened,
  "?": () => $("help").showModal(),
  Escape: escape,
};
const LIST_KEYS = {
  ArrowDown: () => move(chosen + 1),
  ArrowUp: () => move(chosen - 1),
  Home: () => move(0),
  End: () => move(shown.length - 1),
  PageDown: () => move(chosen + Math.max(1, Math.floor(list.clientHeight / rowHeight) - 1)),
  PageUp: () => move(chosen - Math.max(1, Math.floor(list.clientHeight / rowHeight) - 1)),
  Enter: () => chosen >= 0 && openCase(shown[chosen], { focus: true }),
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
  const target = event.target;
  const typing = target.matches?.("input:not([type=radio]), select, textarea");
  if (target === $("search") && (event.key === "ArrowDown" || event.key === "Enter") && shown.length > 0) {
    event.preventDefault();
    list.focus();
    move(Math.max(chosen, 0), { follow: false });
    openCase(shown[chosen], { focus: event.key === "Enter" });
    return;
  }
  if (typing && event.key !== "Escape") return;
  const atList = target === list || target === document.body;
  const action = KEYS[event.key] ?? (atList ? LIST_KEYS[event.key] : undefined);
  if (!action) return;
  event.preventDefault();
  action();
}

// Beginning

function fill(name, values, label = (value) => value) {
  for (const [value, count] of counted(values)) {
    fields[name].append(el("option", { value }, `${label(value)} (${numbers.format(count)})`));
  }
}

function begin() {
  fill("segment", rows.map((row) => row.segment));
  for (const { name } of head.trial?.segments ?? []) {
    if (!rows.some((row) => row.segment === name)) fields.segment.append(el("option", { value: name }, `${name} (0)`));
  }
  fill("step", rows.map((row) => row.step).filter(Boolean));
  fill("channel", rows.flatMap((row) => row.channels), (code) => CHANNELS[code]);
  fill("flag", rows.flatMap((row) => row.flags), words);
  fill("reason", rows.flatMap((row) => row.reasons), words);
  refresh();
  const sample = run.firstElementChild;
  if (sample && sample.offsetHeight) rowHeight = sample.offsetHeight;
  fromPlace();
  draw();
}

let due = 0;
list.addEventListener("scroll", () => {
  cancelAnimationFrame(due);
  due = requestAnimationFrame(draw);
});
new ResizeObserver(draw).observe(list);
list.addEventListener("click", (event) => {
  const node = event.target.closest("[role=option]");
  if (!node) return;
  const row = rows[Number(node.id.slice(4))];
  move(shown.indexOf(row), { follow: false });
  openCase(row, { focus: narrow.matches });
});
form.addEventListener("input", refresh);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(refresh));
$("clear").addEventListener("click", () => choose({}));
$("home").addEventListener("click", home);
$("keys").addEventListener("click", () => $("help").showModal());
$("print-all").addEventListener("click", () => printRows(shown));
document.addEventListener("keydown", pressed);
addEventListener("popstate", fromPlace);
if (typeof DecompressionStream === "undefined") $("sorry").hidden = false;
else begin();
document.documentElement.dataset.ready = "yes";
