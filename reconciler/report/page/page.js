"use strict";
// Draws the calendars of a property when it is opened, and filters. Builds elements only from data; no text is ever read as markup.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const DAYS = "Mon Tue Wed Thu Fri Sat Sun".split(" ");
  const MEASURES = {
    rates: ["prices", "price"], restrictions: ["restrictions", "restriction"],
    availability: ["units", "unit"], allocation: ["shares of units", "unit"],
  };
  const SHADES = 7;
  const WIDEST = 16;
  const main = document.getElementById("main");
  const sides = [main.dataset.before, main.dataset.after];
  const kept = document.getElementById("calendars");
  let data = null;

  // Days count from Monday, 5 January 1970; night, week and weekday follow from them.
  const day = (number) => new Date((number + 4) * 86400000);
  const ordinal = (year, month) => Date.UTC(year, month, 1) / 86400000 - 4;
  const spell = (number) => {
    const d = day(number);
    return `${DAYS[((number % 7) + 7) % 7]} ${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
  };

  function make(name, attributes = {}, ...children) {
    const element = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  // A calendar as values by day: the first day, and what stands on each from there on.
  function nights(number) {
    const [first, ...runs] = data.calendars[number];
    const values = [];
    for (let i = 0; i < runs.length; i += 2) {
      for (let times = runs[i]; times > 0; times--) values.push(...data.weeks[runs[i + 1]]);
    }
    let from = 0;
    let until = values.length;
    while (from < until && !values[from]) from++;
    while (until > from && !values[until - 1]) until--;
    return { at: (night) => values[night - first * 7] ?? 0, from: first * 7 + from, until: first * 7 + until, values };
  }

  // Whole months around all nights of a property, so that its lanes stand under each other.
  function frame(calendars) {
    const first = day(Math.min(...calendars.map((c) => c.from)));
    const last = day(Math.max(...calendars.map((c) => c.until)) - 1);
    const from = ordinal(first.getUTCFullYear(), first.getUTCMonth());
    const until = ordinal(last.getUTCFullYear(), last.getUTCMonth() + 1);
    const week = Math.floor(from / 7);
    return { from, until, week, weeks: Math.ceil(until / 7) - week, months: months(from, until) };
  }

  function months(from, until) {
    const found = [];
    for (let at = from; at < until;) {
      const d = day(at);
      found.push({ at, month: d.getUTCMonth(), year: d.getUTCFullYear() });
      at = ordinal(d.getUTCFullYear(), d.getUTCMonth() + 1);
    }
    return found;
  }

  const cell = (night, span) => `M${Math.floor(night / 7) - span.week} ${((night % 7) + 7) % 7}h1v1h-1z`;

  // The line around a month: down at its first week, a step where it begins within one.
  function border(at, span) {
    const column = Math.floor(at / 7) - span.week;
    const row = ((at % 7) + 7) % 7;
    return row ? `M${column + 1} 0V${row}H${column}V7` : `M${column} 0V7`;
  }

  function scale(lane) {
    let low = Infinity;
    let high = -Infinity;
    for (const value of new Set(lane.nights.values)) {
      for (const amount of value ? data.values[value].slice(2) : []) {
        if (amount !== null) { low = Math.min(low, amount); high = Math.max(high, amount); }
      }
    }
    const shade = (amount) => {
      if (amount === null) return "none";
      if (amount === 0 && lane.kind !== "rates") return "zero";
      return `s${high > low ? Math.min(SHADES - 1, Math.floor((amount - low) / (high - low) * SHADES)) : 3}`;
    };
    return { low, high, shade };
  }

  function band(lane, span, side) {
    const paths = new Map();
    for (let night = lane.nights.from; night < lane.nights.until; night++) {
      const value = lane.nights.at(night);
      if (!value) continue;
      const shade = lane.scale.shade(data.values[value][2 + side]);
      paths.set(shade, (paths.get(shade) ?? "") + cell(night, span));
    }
    const svg = make("svg:svg", { viewBox: `0 0 ${span.weeks} 7`, preserveAspectRatio: "none", class: "band", "aria-hidden": "true" });
    svg.append(make("svg:path", { class: "blank", d: span.blank }));
    for (const [shade, d] of paths) svg.append(make("svg:path", { class: `cell ${shade}`, d }));
    svg.append(make("svg:path", { class: "months", d: span.borders }));
    svg.append(make("svg:rect", { class: "caret", width: 1, height: 1 }));
    return svg;
  }

  // Names of months over their first full week, as many as there is room for.
  function name(svg, span, width) {
    const week = width / span.weeks;
    let free = 0;
    let said = 0;
    svg.replaceChildren();
    for (const { at, month, year } of span.months) {
      const x = (Math.ceil(at / 7) - span.week) * week;
      const text = year === said ? MONTHS[month] : `${MONTHS[month]} ${year}`;
      if (x < free || x + 6 * text.length > width + 12) continue;
      svg.append(make("svg:text", { x, y: 10 }, text));
      free = x + 7 * text.length + 6;
      said = year;
    }
  }

  function nameAll(property) {
    const all = Array.from(property.element.querySelectorAll(".lane:not([hidden]) .names"));
    const width = all.find((svg) => svg.clientWidth)?.clientWidth;
    if (width) all.forEach((svg) => name(svg, property.span, width));
  }

  // What a band is, between the names of its first and its last row.
  const label = (side) => make("span", { class: "side", "aria-hidden": "true" }, make("small", {}, DAYS[0]), sides[side], make("small", {}, DAYS[6]));

  function describe(lane, night) {
    const value = lane.nights.at(night);
    if (!value) return `${spell(night)}: nothing changes`;
    const [before, after] = data.values[value];
    return `${spell(night)}: ${data.words[before]} → ${data.words[after]}`;
  }

  function move(lane, span, night) {
    lane.night = Math.max(span.from, Math.min(span.until - 1, night));
    const text = describe(lane, lane.night);
    lane.read.textContent = text;
    lane.chart.setAttribute("aria-valuenow", lane.night - span.from);
    lane.chart.setAttribute("aria-valuetext", text);
    for (const caret of lane.chart.querySelectorAll(".caret")) {
      caret.setAttribute("x", Math.floor(lane.night / 7) - span.week);
      caret.setAttribute("y", ((lane.night % 7) + 7) % 7);
    }
  }

  function monthAway(night, by) {
    const d = day(night);
    const first = ordinal(d.getUTCFullYear(), d.getUTCMonth() + by);
    return Math.min(first + d.getUTCDate(), ordinal(d.getUTCFullYear(), d.getUTCMonth() + by + 1)) - 1;
  }

  const STEPS = {
    ArrowDown: (lane) => lane.night + 1, ArrowUp: (lane) => lane.night - 1,
    ArrowRight: (lane) => lane.night + 7, ArrowLeft: (lane) => lane.night - 7,
    PageDown: (lane) => monthAway(lane.night, 1), PageUp: (lane) => monthAway(lane.night, -1),
    Home: (lane, span) => span.from, End: (lane, span) => span.until - 1,
  };

  function listen(lane, span) {
    lane.chart.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      move(lane, span, step(lane, span));
    });
    const point = (event) => {
      const svg = event.target.closest?.(".band");
      if (!svg) return;
      const box = svg.getBoundingClientRect();
      const column = Math.floor((event.clientX - box.left) / box.width * span.weeks);
      const row = Math.max(0, Math.min(6, Math.floor((event.clientY - box.top) / box.height * 7)));
      move(lane, span, (span.week + column) * 7 + row);
    };
    lane.chart.addEventListener("pointermove", point);
    lane.chart.addEventListener("pointerdown", point);
  }

  function draw(lane, span) {
    lane.scale = scale(lane);
    const named = MEASURES[lane.kind]?.[0] ?? "";
    const title = [lane.plan, named].filter(Boolean).join(" · ");
    const targets = lane.targets.filter(Boolean);
    const whole = [lane.room, lane.provider, title, targets.join(" and ")].filter(Boolean).join(", ");
    lane.read = make("p", { class: "read" });
    lane.chart = make("div", {
      class: "chart", role: "slider", tabindex: 0, "aria-label": whole, "aria-describedby": "keys",
      "aria-valuemin": 0, "aria-valuemax": span.until - span.from - 1,
    }, make("svg:svg", { class: "names", "aria-hidden": "true" }), ...[0, 1].map((side) => make("div", { class: "row" }, label(side), band(lane, span, side))));
    lane.chart.querySelectorAll("svg").forEach((svg) => { svg.setAttribute("width", span.weeks * WIDEST); });
    const { low, high } = lane.scale;
    const range = low === Infinity ? "" : low === high ? `${low}` : `${low} – ${high}`;
    lane.element = make("div", { class: `lane ${lane.kind}` },
      make("div", { class: "about" }, make("h5", {}, title), ...targets.map((target) => make("span", { class: "tag" }, target)),
        range ? make("span", { class: "range" }, range) : ""),
      lane.chart, lane.read);
    listen(lane, span);
    move(lane, span, lane.nights.from);
    return lane.element;
  }

  function legend(kinds) {
    const ramps = kinds.filter((kind) => MEASURES[kind]).map((kind) => {
      const svg = make("svg:svg", { viewBox: `0 0 ${SHADES} 1`, class: "ramp", "aria-hidden": "true", preserveAspectRatio: "none" });
      for (let i = 0; i < SHADES; i++) svg.append(make("svg:rect", { class: `s${i}`, x: i, width: 1, height: 1 }));
      return make("span", { class: kind }, `${MEASURES[kind][0]}: low `, svg, " high");
    });
    const one = (shade, text) => {
      const svg = make("svg:svg", { viewBox: "0 0 1 1", class: "one", "aria-hidden": "true" }, make("svg:rect", { class: shade, width: 1, height: 1 }));
      return make("span", {}, svg, ` ${text}`);
    };
    return make("div", { class: "legend" }, ...ramps, one("cell zero", "0"), one("cell none", "no value, or not known"), one("blank", "nothing changes"),
      make("p", {}, "A column is a week from Monday to Sunday; both bands of a calendar have one scale. Point at a night, or use ↑ ↓ for a night, ← → for a week, Page Up and Page Down for a month, Home and End."));
  }

  function lanes(section) {
    return data.sections[section].map(([room, provider, plan, kind, calendar, entries, targets]) => ({
      room: data.words[room], provider: data.words[provider], plan: data.words[plan], kind: data.words[kind],
      entries, targets: targets.map((target) => data.words[target]), nights: nights(calendar),
    }));
  }

  function open(property) {
    const place = property.element.querySelector(".calendars");
    if (!place || property.lanes || !kept) return;
    data ??= JSON.parse(kept.textContent);
    property.lanes = lanes(Number(place.dataset.section));
    const span = frame(property.lanes.map((lane) => lane.nights));
    span.blank = Array.from({ length: span.until - span.from }, (_, i) => cell(span.from + i, span)).join("");
    span.borders = span.months.slice(1).map(({ at }) => border(at, span)).join("");
    place.append(legend([...new Set(property.lanes.map((lane) => lane.kind))]));
    const groups = new Map();
    for (const lane of property.lanes) {
      const name = [lane.room, lane.provider].filter(Boolean).join(" · ");
      if (!groups.has(name)) groups.set(name, place.appendChild(make("div", { class: "group" }, name ? make("h4", {}, name) : "")));
      groups.get(name).append(draw(lane, span));
    }
    place.previousElementSibling.hidden = false;
    property.span = span;
    fit(property);
  }

  // Filters.
  const form = document.querySelector(".filters");
  const number = (count) => count.toLocaleString("en");
  const properties = Array.from(document.querySelectorAll(".property"), (element) => ({
    element,
    name: (element.querySelector("h2")?.textContent ?? "").toLowerCase(),
    flagged: element.hasAttribute("data-flagged"),
    entries: Array.from(element.querySelectorAll(".at"), (at) => {
      const [target, kind, what] = at.dataset.f.split("|");
      return { at, target, kind, what, text: at.textContent.toLowerCase(), shown: true };
    }),
  }));

  function wanted() {
    const value = (id) => document.getElementById(id)?.value ?? "";
    return {
      words: value("words").toLowerCase().split(/\s+/).filter(Boolean), target: value("target"), kind: value("kind"),
      what: value("what"), flagged: document.getElementById("flagged").checked,
    };
  }

  // An entry about no single address (what the horizon lets in) is shown whatever target or kind is asked for.
  function fits(entry, name, want) {
    return (!want.target || !entry.target || entry.target === want.target)
      && (!want.kind || !entry.kind || entry.kind === want.kind)
      && (!want.what || entry.what === want.what)
      && want.words.every((word) => name.includes(word) || entry.text.includes(word));
  }

  function fit(property) {
    for (const lane of property.lanes ?? []) {
      lane.element.hidden = !lane.entries.some((entry) => property.entries[entry].shown);
    }
    for (const group of property.element.querySelectorAll(".group")) {
      group.hidden = !group.querySelector(".lane:not([hidden])");
    }
    if (property.lanes) nameAll(property);
  }

  function filter() {
    const want = wanted();
    const narrow = want.target || want.kind || want.what;
    let shown = 0;
    let entries = 0;
    let all = 0;
    for (const property of properties) {
      let some = 0;
      for (const entry of property.entries) {
        entry.shown = (!want.flagged || property.flagged) && fits(entry, property.name, want);
        entry.at.hidden = !entry.shown;
        some += entry.shown;
      }
      for (const item of property.element.querySelectorAll(".changes > li")) item.hidden = !item.querySelector(".at:not([hidden])");
      const bare = !property.entries.length && !narrow && want.words.every((word) => property.name.includes(word));
      property.element.hidden = !some && !(bare && (!want.flagged || property.flagged));
      shown += !property.element.hidden;
      entries += some;
      all += property.entries.length;
      fit(property);
    }
    document.getElementById("nothing").hidden = shown > 0;
    document.getElementById("shown").textContent =
      `Shown: ${number(shown)} of ${number(properties.length)} properties, ${number(entries)} of ${number(all)} entries.`;
  }

  // Only what comes into view is drawn, so that all may be opened at once; before printing, all that is open.
  const near = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting) { near.unobserve(target); open(properties.find(({ element }) => element.contains(target))); }
    }
  }, { rootMargin: "400px" });
  for (const property of properties) {
    const place = property.element.querySelector(".calendars");
    if (place) near.observe(place);
    if (property.element.open) open(property);
    property.element.addEventListener("toggle", () => {
      if (property.element.open && property.element.getBoundingClientRect().top < innerHeight) open(property);
    });
  }
  addEventListener("resize", () => properties.filter(({ lanes }) => lanes).forEach(nameAll));
  addEventListener("beforeprint", () => properties.filter(({ element }) => element.open).forEach(open));
  if (form) {
    const again = () => { form.reset(); filter(); document.getElementById("words").focus(); };
    const all = (isOpen) => () => { for (const { element } of properties) if (!element.hidden && "open" in element) element.open = isOpen; };
    form.hidden = false;
    document.getElementById("unscripted").hidden = true;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
    form.addEventListener("input", filter);
    document.getElementById("again").addEventListener("click", again);
    document.getElementById("open").addEventListener("click", all(true));
    document.getElementById("close").addEventListener("click", all(false));
    filter();
  }
})();
