// Walks the pages as a person does, in headless Chromium: signs in, lists, opens, creates with errors, edits, archives and
// takes it back; and looks at each page in light, dark, on a phone and in Thai.
//
// Every look runs axe and takes a picture; the console must stay empty under the strict policy. What is found is printed
// as one JSON object; the exit code is 1 where it is not empty.

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { portal } from "./portal.mjs";

const {
  TENANTRY_AT: at,
  TENANTRY_TENANT: tenant,
  TENANTRY_EMAIL: email,
  TENANTRY_PASSWORD: password,
  TENANTRY_CUSTOMER: customer,
  TENANTRY_OPERATOR: operator,
  TENANTRY_OPERATOR_PASSWORD: operatorPassword,
} = process.env;
const { TENANTRY_PICTURES: pictures, TENANTRY_CHROMIUM: chromium, TENANTRY_MODULES: modules } = process.env;
const require = createRequire(join(modules, "package.json"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
mkdirSync(pictures, { recursive: true });

const found = [];
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const LOOKS = {
  light: { viewport: DESK, theme: "light", lang: "en" },
  dark: { viewport: DESK, theme: "dark", lang: "en" },
  phone: { viewport: PHONE, theme: "light", lang: "en" },
  thai: { viewport: DESK, theme: "light", lang: "th" },
};

const browser = await puppeteer.launch({
  executablePath: chromium,
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en-US"],
});
const page = await browser.newPage();
await page.setViewport(DESK);
// Without motion: pages that fade into each other tell the console when the next one comes before they are done.
await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
// Answers of 4xx are told in the console by the browser itself; those that a step expects are taken off again.
let expected = 0;
page.on("console", (message) => {
  if (!["error", "warn"].includes(message.type())) return;
  if (expected > 0 && message.text().includes("Failed to load resource")) return (expected -= 1);
  found.push({ at: page.url(), console: message.text() });
});
page.on("pageerror", (error) => found.push({ at: page.url(), error: String(error) }));

const check = (holds, what) => holds || found.push({ at: page.url(), check: what });
const text = (selector) => page.$eval(selector, (element) => element.textContent).catch(() => "");

async function look(name) {
  const back = page.url();
  for (const [kind, { viewport, theme, lang }] of Object.entries(LOOKS)) {
    await page.setViewport(viewport);
    await page.setCookie({ name: "theme", value: theme, url: at }, { name: "lang", value: lang, url: at });
    await page.goto(back, { waitUntil: "load" });
    await inspect(`${name}-${kind}`);
  }
  await page.setViewport(DESK);
  await page.setCookie({ name: "theme", value: "light", url: at }, { name: "lang", value: "en", url: at });
  await page.goto(back, { waitUntil: "load" });
}

// The page as it stands: axe, nothing wider than the window, a picture.
async function inspect(name) {
  await page.evaluate(() => document.fonts.ready.then(() => {}));
  await page.evaluate(axe);
  const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  for (const violation of result.violations) {
    const nodes = violation.nodes
      .slice(0, 3)
      .map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`);
    found.push({ look: name, at: page.url(), axe: violation.id, help: violation.help, nodes });
  }
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (wide > 0) found.push({ look: name, at: page.url(), wider: wide });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

const go = (path) => page.goto(at + path, { waitUntil: "load" });
// A click of the pointer is lost while a view transition runs, so the element itself is clicked.
const press = async (selector) => {
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.$eval(selector, (element) => element.click())]);
};
const tap = (selector) => page.$eval(selector, (element) => element.click());
const write = async (selector, value) => {
  await page.$eval(selector, (element) => (element.value = ""));
  await page.type(selector, value);
};

async function walk() {
  // Signing in: from a page that needs it, wrongly, then rightly, and back to that page.
  await go("/customers?sort=name");
  check(page.url().includes("/sign-in?next="), "a page that needs it leads to sign-in");
  await look("sign-in");
  await write("#tenant", tenant);
  await write("#email", email);
  await write("#password", "not the password");
  expected = 1;
  await press("button[type=submit].pri");
  check((await text(".note.bad")).includes("wrong"), "a wrong password is told");
  await write("#password", password);
  await press("button[type=submit].pri");
  check(page.url() === `${at}/customers?sort=name`, "one comes to where one wanted to go");

  // The list: sorted, searched, filtered.
  await look("customers");
  check((await page.$$("tbody tr")).length > 3, "there are customers");
  check(
    (await page.$eval("th[aria-sort]", (head) => head.getAttribute("aria-sort"))) === "ascending",
    "the order is told",
  );
  await tap("th[aria-sort] a");
  await page.waitForSelector("th[aria-sort=descending]");
  check(page.url().includes("sort=-name"), "the order is in the address");
  const first = await text("tbody tr a.main span:last-child");
  await page.type("#q", first.slice(0, 6));
  await page.waitForFunction(() => location.search.includes("q="), { timeout: 5000 });
  check((await text("tbody tr a.main")).length > 0, "the search finds");
  check(await page.$eval("#q", (input) => document.activeElement === input), "the search keeps the focus");
  await go("/customers");
  await tap("button[popovertarget=filter-pop]");
  await inspect("filter-popover");
  await page.evaluate(() =>
    [...document.querySelectorAll("#filter-pop summary")]
      .find((s) => s.textContent.includes("Status"))
      .click(),
  );
  await tap("#filter-pop details[open] input[value=ACTIVE]");
  await press("#filter-pop details[open] button[type=submit]");
  check(page.url().includes("filter[status]=ACTIVE"), "the filter is in the address");
  check((await text(".fchip")).includes("Active"), "the filter is a chip");
  await tap(".fchip a");
  await page.waitForFunction(() => !document.querySelector(".fchip") && !location.search.includes("filter"));
  check(!page.url().includes("filter"), "the chip takes it away");
  await go("/customers?q=zzzzzzzzqqqq");
  await look("customers-none");

  // A record, and what belongs to it.
  await go("/customers");
  await press("tbody tr a.main");
  await look("customer");
  const tab = await page.$(".rec-tabs a[href$='show=orders']");
  check(tab, "a customer's orders have a tab");
  await press(".rec-tabs a[href$='show=orders']");
  await look("customer-orders");

  // A new record: all that is wrong at once, then made; the entry that links finds records.
  await go("/contacts/new");
  await look("contact-new");
  await page.type("#f-email", "nobody@nowhere@all");
  expected = 1;
  await press("button[type=submit].pri");
  check((await page.$$(".entry .wrong")).length >= 2, "all that is wrong is told at once");
  check(
    (await page.$eval("#f-email", (input) => input.value)) === "nobody@nowhere@all",
    "what was written stays",
  );
  await inspect("contact-wrong");
  for (const [id, value] of [
    ["#f-name", "Walker <script>alert(1)</script>"],
    ["#f-first_name", "Wanda"],
    ["#f-last_name", "Walker"],
  ]) {
    if (await page.$(id)) await write(id, value);
  }
  await write("#f-email", "wanda@walker.example");
  await page.click("#f-customer_id");
  await page.waitForSelector("#f-customer_id-list [data-id]");
  await inspect("contact-pick");
  await page.keyboard.press("Enter");
  check(
    await page.$eval("input[name=customer_id]", (input) => input.value.length === 36),
    "a record is chosen by keys",
  );
  await press("button[type=submit].pri");
  check((await text(".toast")).includes("Created"), "a new record is told");
  check(!page.url().includes("done="), "and told once");
  const record = page.url();

  // A change, told in the history; a change over somebody else's.
  await press("a[data-key=e]");
  await look("contact-edit");
  const stale = await browser.newPage();
  await stale.setViewport(DESK);
  await stale.goto(`${record}/edit`, { waitUntil: "load" });
  await page.bringToFront();
  await write("#f-phone", "02-555-0101");
  await press("button[type=submit].pri");
  check((await text(".time")).includes("02-555-0101"), "the history tells the change");
  await stale.bringToFront();
  await stale.$eval("#f-phone", (input) => (input.value = "02-555-0199"));
  await Promise.all([stale.waitForNavigation(), stale.$eval("button[type=submit].pri", (button) => button.click())]);
  check(
    (await stale.$eval(".note", (note) => note.textContent)).includes("02-555-0101"),
    "a conflict shows theirs",
  );
  await stale.screenshot({ path: join(pictures, "conflict-light.png") });
  await Promise.all([stale.waitForNavigation(), stale.$eval("button[type=submit].pri", (button) => button.click())]);
  check(
    (await stale.$eval(".rec-body", (body) => body.textContent)).includes("02-555-0199"),
    "and mine is saved over it",
  );
  await stale.close();
  await page.bringToFront();

  // Into the archive, and back by the toast.
  await page.goto(record, { waitUntil: "load" });
  await press("form[action$='/archive'] button");
  check((await text(".toast")).includes("Archived"), "the archive is told");
  await inspect("archived-light");
  await press(".toast button");
  check((await text(".toast")).includes("Restored"), "it can be taken back");
  check(!(await page.$(".gone-note")), "and is back");

  // Other kinds of record, the page of all of them, and what is not there.
  for (const path of ["/orders", "/products", "/invoices", "/inventory", "/service_jobs", "/audit_logs"]) {
    await go(path);
    await look(path.slice(1));
  }
  await go("/");
  check((await page.$$(".dash > .wid")).length >= 6, "home shows what is going on");
  check(await page.$eval("#w-revenue", (widget) => widget.clientWidth > 500), "the chart has room");
  await look("home");
  await press("a[href='/?edit=1']");
  await look("home-edit");
  await page.focus("#w-month-forward");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector("[data-widget]").dataset.widget === "to_ship");
  check(await page.evaluate(() => document.activeElement.id === "w-month-forward"), "the focus stays with the widget");
  await page.keyboard.down("Shift");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.up("Shift");
  await page.waitForSelector("#w-month.w6");
  await page.evaluate(() => {
    const [from, to] = ["#w-overdue", "#w-to_ship"].map((of) => document.querySelector(of));
    const fire = (on, kind) => on.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true }));
    fire(from, "dragstart");
    fire(to, "dragover");
    fire(from, "dragend");
  });
  await page.waitForFunction(() => document.querySelector("[data-widget]").dataset.widget === "overdue");
  await tap("#w-imports-hide");
  await page.waitForFunction(() => !document.querySelector("#w-imports"));
  await go("/");
  check(await page.$(".dash > #w-overdue:first-child"), "a page stays as it was arranged");
  check(!(await page.$("#w-imports")), "without what was hidden");
  await go("/?edit=1");
  await press("button[value=reset]");
  check(await page.$(".dash > #w-month:first-child"), "and goes back to how it was");
  await go("/profile");
  check((await text(".lines")).includes("this device"), "one sees where one is signed in");
  await look("profile");
  await go("/records");
  await look("records");
  expected = 8;
  await go("/customers/01900000-0000-7000-8000-000000000000");
  check((await text(".id code")).length === 36, "an error tells the request's id");
  await look("not-found");
  expected = 0;

  // By keys alone: the palette finds a record, the list moves under j and k, an operation asks in a dialog.
  await go("/customers");
  await page.keyboard.down("Control");
  await page.keyboard.press("k");
  await page.keyboard.up("Control");
  await page.waitForSelector("#palette[open] [role=option]");
  await inspect("palette");
  await page.type("#palette input", "blue heron");
  await page.waitForFunction(() =>
    document.querySelector("#palette [aria-selected=true]")?.textContent.includes("Blue Heron"),
  );
  await inspect("palette-found");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  check((await text("h1")).includes("Blue Heron"), "the palette leads to what it found");
  await go("/customers");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  check(await page.$("tbody tr:nth-child(2).at"), "j moves");
  await page.keyboard.press("?");
  await inspect("keys");
  await page.keyboard.press("Escape");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("c")]);
  check(page.url().endsWith("/customers/new"), "c creates");
  await go("/inventory");
  await tap("button[popovertarget=ops-pop]");
  await inspect("operations");
  await tap("#ops-pop a[data-dialog]");
  await page.waitForSelector("#dialog[open] form");
  await inspect("operation");

  // Many records at once: picked by boxes and keys, one field set, taken back; archived and brought back.
  await go("/customers");
  await tap("tbody tr:nth-child(2) .check");
  await page.click("tbody tr:nth-child(5) .check");
  await page.keyboard.down("Shift");
  await page.click("tbody tr:nth-child(7) .check");
  await page.keyboard.up("Shift");
  check((await text("#picked")) === "4", "shift picks a range");
  await inspect("bulk");
  await tap(".set-at");
  await page.evaluate(() =>
    [...document.querySelectorAll("#set-pop summary")].find((s) => s.textContent.includes("Status")).click(),
  );
  await inspect("bulk-set");
  await page.select("#b-status", "BLOCKED");
  await tap("#set-pop details[open] button[type=submit]");
  const told = (what) =>
    page.waitForFunction((what) => document.querySelector("#list .toast")?.textContent.includes(what), {}, what);
  await told("4 changed");
  check(page.url() === `${at}/customers`, "the list stays where it is");
  check(!(await page.$("tbody .check:checked")), "and nothing is picked any more");
  await inspect("bulk-done");
  await tap("#list .toast form button");
  await page.waitForSelector("#list .toast:not(:has(form))");
  await page.evaluate(() => document.activeElement.blur());
  for (const key of ["j", "j", "x", "j", "j"]) await page.keyboard.press(key);
  await page.keyboard.down("Shift");
  await page.keyboard.press("X");
  await page.keyboard.up("Shift");
  check((await text("#picked")) === "3", "keys pick a range");
  await tap(".bulk button[value=archive]");
  await told("3 archived");
  await tap("#list .toast form button");
  await told("3 restored");

  // Every record of the list: shown first, done by a job, taken back.
  await tap("[data-pick-all]");
  await tap(".bulk [name=all]");
  await inspect("bulk-all");
  await tap(".bulk button[value=archive]");
  await page.waitForSelector("#list .sure");
  check((await text("#list .sure")).includes("200"), "it is said how many");
  await inspect("bulk-sure");
  await tap("#list .sure .pri");
  await told("under way");
  await go(await page.$eval("#list .toast .way", (link) => link.getAttribute("href")));
  const state = async (what) => {
    for (let turn = 0; turn < 100 && !(await text(".rec-head")).includes(what); turn += 1) {
      await new Promise((done) => setTimeout(done, 100));
      await page.reload();
    }
    check((await text(".rec-head")).includes(what), `it is ${what}`);
  };
  await state("Completed");
  await look("bulk-change");
  await tap(".ops-at");
  await press("#ops-pop form[action$='/do/undo'] button");
  await state("Undone");

  // Two records of the list made one: side by side, swapped, merged, and taken back by the toast.
  await go("/customers?sort=name");
  await tap("tbody tr:nth-child(1) .check");
  check(!(await page.$eval("[value=merge]", (button) => button.offsetParent)), "one is not merged");
  await tap("tbody tr:nth-child(2) .check");
  await inspect("merge-picked");
  await press(".bulk [value=merge]");
  check(page.url().includes("/merge?loser_id="), "two lead to their page");
  await look("merge");
  const stays = await text(".one.kept .name");
  await press(".swap a");
  check((await text(".one.kept .name")) !== stays, "the other one can stay");
  const goes = await page.$eval(".one:not(.kept) .name", (link) => link.href);
  await press(".actions .pri");
  check((await text(".toast")).includes("Merged"), "the merge is told");
  const merged = page.url();
  await page.goto(goes, { waitUntil: "load" });
  check((await text(".gone-note")).includes("was merged into"), "the other one says where it went");
  await look("merged");
  await press(".gone-note a");
  await tap("button[popovertarget=ops-pop]");
  await inspect("merge-menu");
  await press("#ops-pop form[action$='/undo_merge'] button");
  check((await text(".toast")).includes("Taken back"), "and it is taken back");
  await page.goto(`${merged}/merge`, { waitUntil: "load" });
  await look("merge-choose");
  await go("/customers/new");
  await write("#f-name", stays);
  await press("form .actions .pri");
  check((await text(".note.warn")).includes(stays), "a double is warned of");
  await inspect("double");

  // A cell written where it stands: by keys, refused, left, saved, taken back.
  await go("/customers?columns=city,status,email&sort=name");
  const first_row = (field) => `tbody tr:first-child td[data-cell=${field}]`;
  const was = await text(first_row("city"));
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await page.waitForSelector(`${first_row("city")}.open input`);
  await inspect("cell");
  await page.keyboard.type("Somewhere");
  await page.keyboard.press("Escape");
  check((await text(first_row("city"))) === was, "Escape leaves a cell as it was");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${first_row("city")}.open input`);
  await page.keyboard.type("Elsewhere");
  await page.keyboard.press("Tab");
  await page.waitForSelector(`${first_row("status")}.open select`);
  check((await text(first_row("city"))).includes("Elsewhere"), "Tab saves and goes on");
  await page.keyboard.press("Tab");
  await page.waitForSelector(`${first_row("email")}.open input`);
  await page.keyboard.type("nobody");
  expected = 1;
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${first_row("email")} .wrong`);
  await inspect("cell-wrong");
  await page.keyboard.press("Escape");
  await tap("#toasts .cell-undo button");
  await page.waitForFunction((at, was) => document.querySelector(at).textContent === was, {}, first_row("city"), was);
  await page.click(first_row("status"));
  await page.waitForSelector(`${first_row("status")}.open select`);
  check(page.url().includes("/customers?"), "a click on a cell opens it, not the record");
  await page.keyboard.press("Escape");
  await go("/customers");

  // A look at one record beside the list, and at the next.
  await page.keyboard.press("j");
  await page.keyboard.press(" ");
  await page.waitForSelector("#peek:not([hidden]) .peek-body");
  await inspect("peek");
  const looked = await text("#peek b");
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction((was) => document.querySelector("#peek b").textContent !== was, {}, looked);
  await page.keyboard.press("Escape");
  check(await page.$("#peek[hidden]"), "Escape closes it");

  // A view: saved, changed, deleted; columns; what the list shows is exported.
  await go("/customers?filter[status]=ACTIVE&sort=name");
  await tap(".save-at");
  await inspect("view-save");
  await page.type("#save-pop input[name=name]", "Active ones");
  await press("#save-pop form:last-of-type button[type=submit]");
  check((await text(".tabs [aria-current]")).includes("Active ones"), "a view is a tab");
  await look("view");
  await tap(".view-at");
  await inspect("view-menu");
  await press("#view-pop button[value=delete]");
  check(!(await text(".tabs")).includes("Active ones"), "and gone when it is deleted");
  await tap(".display-at");
  await inspect("columns");
  await tap("#display-pop input[value=email]");
  await press("#display-pop button[type=submit]");
  check((await text("thead")).includes("E-mail"), "a column is chosen");
  await tap(".export-at");
  await inspect("export");
  await page.select("#export-pop select", "xlsx");
  await tap("#export-pop button");
  await page.waitForSelector("#list .toast a");
  await go("/exports");
  await page.waitForSelector("a[href$='/file']", { timeout: 20000 });
  await look("exports");

  // What admins look after.
  await go("/admin/settings");
  await look("settings");
  await write("#s-retention-exports", "9");
  await press("#retention .ways button");
  check((await text("#retention")).includes("Set here"), "a setting is saved");
  await press("#retention button[value=exports]");
  check(!(await text("#retention")).includes("Set here"), "and gets its default back");
  await go("/users");
  await press("tbody tr a.main");
  await press("a[href$='/access']");
  await page.select("#w-entity", "customers");
  await press("button[type=submit].pri");
  check((await text("[role=status].card")).includes("customers.view"), "one learns why");
  await look("why");
  await go("/integration_tokens");
  await tap("a[data-dialog][data-key=c]");
  await page.waitForSelector("#dialog[open] form");
  await inspect("token-new");
  await page.type("#o-name", "Walker");
  await page.click("#o-role_id");
  await page.waitForSelector("#o-role_id-list [data-id]");
  await page.keyboard.press("Enter");
  await press("#dialog button[type=submit]");
  check(await page.$("[data-copy^=tnt_]"), "a token is shown once");
  await inspect("token-shown");

  // The engine room; what one is told.
  for (const [name, path] of [["jobs", "/dev"], ["schedules", "/dev/schedules"], ["webhooks", "/dev/webhooks"], ["inbound", "/dev/inbound"], ["integrity", "/dev/integrity"]]) {
    await go(path);
    await look(`dev-${name}`);
  }
  await go("/admin/audit?entity=customers");
  await look("audit");
  await go("/dev/schedules");
  await press("tbody tr:first-child form[action^='/job_schedules/']:has(input[name=enabled]) button");
  check((await text("tbody tr:first-child")).includes("Paused"), "a schedule is paused");
  await press("tbody tr:first-child form[action^='/job_schedules/']:has(input[name=enabled]) button");
  check(!(await text("tbody tr:first-child")).includes("Paused"), "and goes on");
  await go("/dev/webhooks");
  await press("a[href^='/dev/deliveries/']");
  await look("dev-delivery");
  await go("/customers");
  await tap(".bell");
  await page.waitForSelector("#bell-pop .notices li");
  await inspect("bell");
  await tap("#bell-pop form[action='/notices/read'] button");
  await page.waitForSelector("#bell-pop [data-read]");
  check(!(await page.$("#bell-pop .unread")), "all is read");
  await go("/notices");
  await look("notices");

  // An import: dropped in, mapped, checked, approved, watched, taken back.
  await go("/admin/imports");
  await look("imports");
  await tap(".samples summary");
  await inspect("import-samples");
  const files = await page.$(".drop input[type=file]");
  const example = join(modules, "examples/customers-874.csv");
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), files.uploadFile(example)]);
  check((await page.$$(".map select")).length > 3, "columns have fields to choose");
  await tap(".reading summary");
  await inspect("import-reading");
  await page.type("input[name=template_name]", "Customers of the partner");
  await press("button[value=save]");
  check((await page.$$(".map select")).length > 3, "a saved mapping is still to be checked");
  await look("import-map");
  // The page goes on by itself when the work in the background ends.
  const settled = () =>
    page.waitForFunction(() => !document.querySelector("[role=progressbar]"), { timeout: 20000 });
  await press("button[value=check]");
  await settled();
  await look("import-check");
  check(await page.$("form[action$='/commit']"), "a checked import can be approved");
  await press("form[action$='/commit'] button");
  await settled();
  await look("import-done");
  await tap("button[popovertarget=undo-ask]");
  await inspect("import-undo");
  await press("form[action$='/undo'] button");
  await settled();
  check((await text(".note.ok")).includes("removed"), "and taken back");

  // A newcomer's road: files with wrong cells are corrected in the grid, by keys alone, and become records.
  await go("/admin/imports");
  const drop = await page.$(".drop input[type=file]");
  const all = join(modules, "examples/everything.zip");
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), drop.uploadFile(all)]);
  await press("button[value=check]");
  await settled();
  check(!(await page.$("form[action$='/commit']")), "an import with errors is not approved");
  await look("import-grid");
  const holds = (text) => `button.cell[data-holds="${text}"]`;
  const gone = (text) =>
    page.waitForFunction((at) => !document.querySelector(`td.open, ${at}`), { timeout: 5000 }, holds(text));
  await page.focus(holds("six"));
  await page.keyboard.press("Enter");
  await page.waitForSelector("td.open input");
  await inspect("import-cell");
  await page.keyboard.type("seven");
  await page.keyboard.press("Escape");
  check(await page.evaluate((at) => document.activeElement === document.querySelector(at), holds("six")), "Escape leaves the cell");
  // Arrow keys reach the cells that are not wrong, too.
  await page.keyboard.press("ArrowRight");
  check(await page.evaluate(() => document.activeElement.matches("td[data-place][tabindex='0']")), "the cell beside has the focus");
  await page.keyboard.press("Enter");
  await page.waitForSelector("td.open input");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await page.keyboard.type("6");
  await page.keyboard.press("Enter");
  await gone("six");
  check(await page.evaluate(() => document.activeElement.matches("button.cell")), "the focus goes to the next wrong cell");
  await page.focus(holds("2026-02-30"));
  await page.keyboard.press("Enter");
  await page.keyboard.type("2026-02-28");
  await page.keyboard.press("Tab");
  await gone("2026-02-30");
  // A cell of a row without errors is written in as well.
  const failed = page.url();
  await page.goto(failed.split(/[?#]/)[0] + "?show=create", { waitUntil: "load" });
  const place = await page.$eval("td[data-label$=': อำเภอ']", (cell) => {
    cell.focus();
    return cell.id;
  });
  await page.keyboard.press("Enter");
  await page.keyboard.type("พระโขนง");
  await page.keyboard.press("Enter");
  await page.waitForFunction((at) => document.getElementById(at)?.textContent === "พระโขนง", { timeout: 5000 }, place);
  check(await page.evaluate((at) => document.activeElement.id === at, place), "the focus stays with the cell");
  await page.goto(failed, { waitUntil: "load" });
  // What is left is left out, by the plain forms.
  for (let left = 10; left > 0 && (await page.$("#rows button[value=skip]")); left -= 1) {
    const rows = await text("#rows .tabs [aria-current] .num");
    await tap("#rows button[value=skip]");
    await page.waitForFunction((was) => document.querySelector("#rows .tabs [aria-current] .num")?.textContent !== was, {}, rows);
  }
  await page.waitForSelector("form[action$='/commit']");
  await page.goto(page.url().split(/[?#]/)[0] + "?show=fixed", { waitUntil: "load" });
  check((await text("#rows")).includes("The file says “six”"), "the file's own value stays to be seen");
  await look("import-fixed");
  const road = page.url().split("?")[0];
  await press("form[action$='/commit'] button");
  await settled();
  await go("/customers?q=00101");
  await press("tbody tr a.main");
  await press(".rec-tabs a[href$='show=orders']");
  check((await text("table")).includes("SO-1001"), "a customer has the orders that were imported");
  await page.goto(road, { waitUntil: "load" });
  await tap("button[popovertarget=undo-ask]");
  await press("form[action$='/undo'] button");
  await settled();
  check((await text(".note.ok")).includes("removed"), "the road leads back");

  // Single keys, switched off and on again.
  await go("/");
  await page.keyboard.press("?");
  check((await page.$("#keys[open]")) !== null, "a key shows the keys");
  await page.keyboard.press("Escape");
  await tap("button.org");
  await inspect("person-menu");
  await press("button[name=keys][value=off]");
  await page.keyboard.press("?");
  check((await page.$("#keys[open]")) === null, "keys that are switched off do nothing");
  await press("button[name=keys][value=on]");

  // Out again.
  await press("form[action='/sign-out'] button");
  check((await text(".note.ok")).includes("signed out"), "one is signed out");
  await go("/customers");
  check(page.url().includes("/sign-in"), "and stays so");

  await portal({ page, at, tenant, customer, password, DESK, go, check, look, inspect, press, tap, text, write });

  // Whoever runs Tenantry: the companies, a new one with what is wrong told, its state.
  await go("/sign-in");
  await write("#tenant", "system");
  await write("#email", operator);
  await write("#password", operatorPassword);
  await press("button[type=submit].pri");
  await go("/admin/tenants");
  await look("tenants");
  await press("a[href='/admin/tenants/new']");
  await write("#t-slug", "Riverside!");
  await write("#t-name", "Riverside");
  expected = 1;
  await press("button[type=submit].pri");
  check((await text("#t-slug-wrong")).length > 0, "a slug that is none is told");
  await inspect("tenant-new");
  await write("#t-slug", "riverside");
  await press("button[type=submit].pri");
  await look("tenant");
  await write("#suspend-reason", "Unpaid");
  await press("form[action$='/suspend'] button");
  check((await text("dl.facts")).includes("Unpaid"), "a company is suspended, and why");
  await press("form[action$='/resume'] button");
  check(!(await text("dl.facts")).includes("Suspended"), "and resumed");
}

try {
  await walk();
} catch (error) {
  await page.screenshot({ path: join(pictures, "broken.png") }).catch(() => {});
  found.push({ at: page.url(), broken: String(error?.stack ?? error) });
}
await browser.close();
console.log(JSON.stringify(found, null, 1));
process.exit(found.length > 0 ? 1 : 0);
