#!/usr/bin/env node
// The search, as a reader uses it: by words, by keys, on a phone, by ear.
import { check, end, heard, open, pages, phone, setTheme, url } from "./browser.mjs";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { site } from "./browser.mjs";

const results = (page) => page.$$eval("#results a", (all) => all.map((link) => ({
    to: link.getAttribute("href"),
    marks: [...link.querySelectorAll("mark")].map((mark) => mark.textContent.toLowerCase()),
})));

async function look(page, words) {
    await page.fill("#search", words);
    await page.waitForFunction(() => globalThis.bookSections && document.querySelector("#found").textContent);
    return results(page);
}

// ---- What has an entry ----------------------------------------------------------------

const index = readFileSync(join(site, "search-index.js"), "utf8");
const entries = JSON.parse(index.slice(index.indexOf("["), index.lastIndexOf(";")));
const urls = entries.map((entry) => entry.url);
const count = (file, what) => readFileSync(join(site, file), "utf8").split(what).length - 1;
const indexed = (kind) => entries.filter((entry) => entry.kind === kind).length;

check("each address is in the index once", urls.filter((to, i) => urls.indexOf(to) !== i));
check("each address leads somewhere", urls.filter((to) => {
    const [file, anchor] = to.split("#");
    return anchor && count(file, `id="${anchor}"`) !== 1;
}));
for (const file of pages.filter((name) => name.startsWith("chapter_"))) {
    const steps = [...readFileSync(join(site, file), "utf8").matchAll(/<h3 id="(ch\d\d_step_\w+)"/g)];
    check(`${file} has steps`, steps.length > 2 || [`${steps.length}`]);
    check(`each step of ${file} has an entry`, steps.map((step) => `${file}#${step[1]}`)
        .filter((to) => !urls.includes(to)));
}
check("each break-out has an entry", indexed("breakout") >= count("stories.html", 'id="story_') ||
    [`${indexed("breakout")}`]);
check("each failure has an entry", indexed("cause") === count("troubleshooting.html", '<details id="cause_') ||
    [`${indexed("cause")}`]);
check("each word of the glossary has an entry", indexed("word") === count("glossary.html", "<tr") - 1 ||
    [`${indexed("word")}`]);
check("each entry has a title", entries.filter((entry) => !entry.title).map((entry) => entry.url));

// ---- What is found, in which order, with what marked ------------------------------------

const page = await open("index.html");
check("no page brings the index before somebody searches", await page.evaluate(() =>
    ![...document.scripts].some(({ src }) => /minisearch|search-index/.test(src))) || ["it does"]);

// The words, what is among the first three, what is marked in it.
for (const [words, to, ...marks] of [
    ["fork bomb", /^chapter_05_cgroups.html#ch05_problem$/, "fork", "bomb"],
    ["fork bomb", /^stories.html#story_forkbomb$/, "forkbomb"],
    ["pids.max", /^chapter_05_cgroups.html#ch05_step_3$/, "pids.max"],
    ["docker", /^(chapter_\d\d_\w+|roots).html#/, "docker"],
    ["EPERM", /^troubleshooting.html#cause_02_clone3_EPERM$/, "eperm"],
    ["EPERM", /^chapter_07_seccomp.html#/, "eperm"],
    ["clone3 EPERM", /^troubleshooting.html#cause_0[24]_clone3_EPERM$/, "clone3", "eperm"],
    ["be born in it", /^chapter_05_cgroups.html#ch05_step_4$/, "born"],
    ["release_agent", /^stories.html#story_release_agent$/, "release_agent"],
    ["zombies", /^chapter_02_pid.html#/, "zombies"],
    ["sethostname", /^troubleshooting.html#cause_02_sethostname_E/, "sethostname"],
    ["pivot_root", /^glossary.html#word_pivot_root$/, "pivot_root"],
    ["prepare the handshake", /^chapter_\d\d_\w+.html#run_\d+$/, "handshake"],
    ["capabilities", /^chapter_06_capabilities.html$/, "capabilities"],
    ["zombi", /^glossary.html#word_zombie$/, "zombie"],
    ["capabilites", /^chapter_06_capabilities.html$/, "capabilities"],
]) {
    const found = await look(page, words);
    const hit = found.slice(0, 3).find((result) => to.test(result.to));
    check(`"${words}" finds ${to.source} among the first three`, Boolean(hit), ...found.slice(0, 5).map((r) => r.to));
    check(`"${words}": what was found is marked`, marks.filter((word) => !hit?.marks.includes(word)));
}
for (const symbol of ["barco_cgroup_create", "barco_cgroup_create()", "BARCO_TRY", "barco_spec"]) {
    const found = await look(page, symbol);
    check(`${symbol} is first, in the reference`, new RegExp(`^group__\\w+.html#${symbol.replace("()", "")}$`)
        .test(found[0]?.to), found[0]?.to ?? "nothing");
}
check("a constant is first, in the reference", /^group__\w+.html#gga\w+$/.test(
    (await look(page, "BARCO_EXIT_NOT_FOUND"))[0]?.to), (await results(page))[0]?.to ?? "nothing");
for (const words of ["signals", "memory limit", "network", "user namespace", "mount"]) {
    const found = await look(page, words);
    const at = (kind) => found.findIndex((result) => kind.test(result.to));
    const reference = at(/^group__/);
    check(`"${words}" finds a chapter before the reference`, at(/^chapter_/) >= 0 &&
        (reference < 0 || at(/^chapter_/) < reference), ...found.map((r) => r.to));
}
await look(page, "xyzzy plugh");
check("what is not there is said not to be", (await page.textContent("#found")).includes("Nothing was found"),
    await page.textContent("#found"));
check("markup is only words", (await look(page, "<img src=x onerror=alert(1)>"), page.noise));

// ---- Keys, and the way there -------------------------------------------------------------

const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute("href"));
await page.goto(url("chapter_01_clone.html"));
await page.keyboard.press("/");
check("/ leads to the search", await focus() === "search", await focus());
await page.keyboard.type("be born in");
await page.waitForSelector("#results a");
const found = await results(page);
await page.keyboard.press("ArrowDown");
check("an arrow leads to the first result", await focus() === found[0].to, await focus());
await page.keyboard.press("ArrowDown");
check("another leads to the second", await focus() === found[1].to, await focus());
await page.keyboard.press("ArrowUp");
await page.keyboard.press("ArrowUp");
check("and back to the words", await focus() === "search", await focus());
await page.keyboard.press("ArrowDown");
await page.keyboard.press("Escape");
check("Escape closes what was found", (await results(page)).length === 0 && await focus() === "search", await focus());
await page.fill("#search", "be born in it");
await page.waitForSelector("#results a");
await page.focus("#search");
await page.keyboard.press("Enter");
await page.waitForURL(/chapter_05_cgroups\.html#ch05_step_4$/, { timeout: 5000 }).catch(() => {});
check("Enter opens what was found first", page.url().endsWith("chapter_05_cgroups.html#ch05_step_4"), page.url());
await page.waitForLoadState("load");
const top = () => page.evaluate(() => document.querySelector(":target")?.getBoundingClientRect().top);
check("and there it is, below the bar", await top() > 50 && await top() < 200, String(await top()));

await look(page, "sethostname EPERM");
await page.keyboard.press("Enter");
await page.waitForURL(/troubleshooting/, { timeout: 5000 }).catch(() => {});
await page.waitForLoadState("load");
check("a failure that was found is unfolded", await page.isVisible("details:target dl"), page.url());
const hidden = page.url();
await look(page, "newuidmap EPERM");
await page.keyboard.press("Enter");
check("a result on the same page is shown, and the list closes", page.url() !== hidden &&
    await page.isVisible("details:target dl") && (await results(page)).length === 0, page.url());

await look(page, "prepare the handshake");
await page.click("#results a[href*='#run_']");
await page.waitForURL(/#run_\d+$/, { timeout: 5000 }).catch(() => {});
await page.waitForLoadState("load");
const step = page.url().match(/\d+$/)[0];
check("a step of a run that was found is shown", await page.isVisible(`#run_${step}`) &&
    (await page.textContent(".stepper .where")).startsWith(`Step ${step} of`), await page.textContent(".stepper .where"));
check("no search wrote an error", page.noise);

// ---- A phone, and readers who do not see the screen -----------------------------------------

for (const theme of ["light", "dark"]) {
    const narrow = await open("index.html", { viewport: phone });
    await setTheme(narrow, theme);
    await look(narrow, "fork bomb");
    check(`what is found fits a phone (${theme})`, await narrow.$$eval(".found, .found *", (all) => all
        .filter((e) => e.getBoundingClientRect().right > innerWidth || e.getBoundingClientRect().left < 0)
        .map((e) => e.outerHTML.slice(0, 80))));
    check(`axe finds nothing in the results (${theme})`, await heard(narrow, ".search"));
    check(`how many were found is announced (${theme})`, /^\d+ results$/.test(
        await narrow.textContent("[role=status]#found")), await narrow.textContent("#found"));
    await narrow.context().close();
}

await end();
