#!/usr/bin/env node
// The stepper of each chapter, in Debian's Chromium, from file://: by keys, by
// ear, without scripts, on paper and on a phone.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check, end, heard, open as openPage, pages, pictures, setTheme, site } from "./browser.mjs";

const withStepper = pages.filter((name) =>
    readFileSync(join(site, name), "utf8").includes('class="stepper"'));
const last = "chapter_09_barco.html";

const noise = [];
async function open(name, options) {
    const page = await openPage(name, options);
    page.noise = noise;
    return page;
}

const where = (page) => page.textContent(".stepper .where");
const shown = (page, part) => page.$$eval(`.stepper ${part}`, (all) => all.filter((e) =>
    e.checkVisibility({ visibilityProperty: true })).map((e) => e.innerText.trim()));
/* To the first step with a call like this. */
async function go(page, call) {
    const at = await page.$$eval(".told > li", (all, text) =>
        all.findIndex((li) => li.querySelector(".call").textContent.includes(text)) + 1, call);
    check(`there is a step with ${call}`, at > 0);
    await page.$eval(".stepper input", (bar, value) => {
        bar.value = value;
        bar.dispatchEvent(new Event("input"));
    }, at);
    return at;
}

// ---- Every chapter ---------------------------------------------------------------------

check("each chapter has one", withStepper.length ===
    pages.filter((name) => name.startsWith("chapter_")).length, withStepper);
for (const name of withStepper) {
    const page = await open(name);
    const steps = await page.locator(".told > li").count();
    const poor = await page.$$eval(".told > li", (all) => all.filter((li) =>
        !li.querySelector(".call").textContent || !li.querySelector(".why").textContent ||
        !li.querySelector(".line.now")).map((li) => li.textContent.slice(0, 60)));
    check(`${name}: each step has a call, a reason and its source`, poor.length === 0, poor);
    await page.focus(".stepper");
    for (let i = 1; i < steps; i++) await page.keyboard.press("ArrowRight");
    check(`${name}: ArrowRight goes through all`,
        await where(page) === `Step ${steps} of ${steps}`, await where(page));
    check(`${name}: one step is shown at a time`, (await shown(page, ".who")).length === 1);
    await page.context().close();
}
for (const name of pages.filter((other) => !withStepper.includes(other)))
    check(`${name} does not load what it has no use for`,
        !readFileSync(join(site, name), "utf8").includes("stepper.js"));

// ---- Forward and back, and what is drawn ---------------------------------------------------

const page = await open(last);
check("Back is off at the first step", await page.isDisabled("text=← Back"));
await page.locator(".stepper .picture").scrollIntoViewIfNeeded();
await page.keyboard.press("ArrowRight");
check("a key needs no click before", (await where(page)).startsWith("Step 2 "), await where(page));
check("it is read aloud", (await page.textContent(".stepper [aria-live]")).startsWith("Step 2 of "));
await page.keyboard.press("ArrowLeft");
check("ArrowLeft goes back", (await where(page)).startsWith("Step 1 "), await where(page));
await page.click("text=Next →");
check("a button goes forward", (await where(page)).startsWith("Step 2 "), await where(page));
await page.focus("#search");
await page.keyboard.press("ArrowRight");
check("keys of the search are the search's", (await where(page)).startsWith("Step 2 "));

await page.focus(".stepper");
for (const [call, part, words] of [
    ["mkdir(", ".fence > .title", "Cgroup"],
    ["CLONE_NEWPID", ".container > .title", "The container"],
    ["CLONE_NEWPID", ".lane li", "clone3"],
    ["newuidmap", ".cell.user p", "0 here is"],
    ["sendmsg(go", ".lane li", "“go”"],
    ["sethostname(", ".cell.uts p", "barcontainer"],
    ['move_mount("/proc")', ".chips span", "/proc"],
    ["umount2(", ".cell.mnt p", "nothing of the host's"],
    ["SECCOMP_SET_MODE_FILTER, 0, default", ".chips span", "filter: system calls"],
    ["execvp(", ".runs [data-from]", "true"],
]) {
    await go(page, call);
    const after = (await shown(page, part)).some((text) => text.includes(words));
    await page.keyboard.press("ArrowLeft");
    const before = (await shown(page, part)).some((text) => text.includes(words));
    check(`${call} makes "${words}" appear`, after && !before, { before, after });
}
await go(page, "pivot_root(");
check("the process that acts is marked", (await shown(page, ".process.acts")).join().startsWith("PID 1"),
    await shown(page, ".process.acts"));
await page.screenshot({ path: join(pictures, "stepper-pivot.png"), fullPage: true });
const boxes = () => page.$eval(".picture", (e) => e.getBoundingClientRect().height);
const height = await boxes();
await go(page, "mkdir(");
check("the drawing keeps its size", await boxes() === height, height, await boxes());
await go(page, "rmdir(");
check("at the end the container is gone", (await shown(page, ".container, .fence > .title"))
    .every((text) => !/^Cgroup/.test(text)) && (await shown(page, ".container > .title")).length === 0);

// ---- By ear, in both themes -----------------------------------------------------------------

await go(page, "execvp(");
for (const scheme of ["light", "dark"]) {
    await setTheme(page, scheme);
    check(`axe finds nothing (${scheme})`, await heard(page, ".stepper"));
    await page.locator(".stepper").screenshot({ path: join(pictures, `stepper-${scheme}.png`) });
}

// ---- On paper, and without scripts ------------------------------------------------------------

const steps = await page.locator(".told > li").count();
await go(page, "mkdir(");
await page.emulateMedia({ media: "print" });
await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
check("on paper all steps are there", (await shown(page, ".told > li .who")).length === steps);
check("on paper nothing is to be pressed", (await shown(page, ".controls")).length === 0);
check("on paper the steps are numbered", await page.$eval(".told", (list) =>
    getComputedStyle(list).listStyleType) === "decimal");
check("on paper the drawing is whole", (await shown(page, ".runs [data-from]")).includes("true"));
await page.context().close();

const plain = await open(last, { javaScriptEnabled: false });
check("without scripts all steps are there", await plain.locator(".told > li .why:visible").count() === steps);
check("without scripts nothing is to be pressed", await plain.locator(".controls").count() === 0);
check("without scripts the drawing is whole", await plain
    .locator(".runs [data-from]:visible").allTextContents().then((all) => all.includes("true")));
check("without scripts a source opens", await plain.locator(".told summary:visible").count() === steps);
await plain.context().close();

// ---- On a phone ---------------------------------------------------------------------------------

for (const width of [320, 390]) {
    const phone = await open(last, { viewport: { width, height: 844 }, hasTouch: true });
    await go(phone, "execvp(");
    const out = await phone.$$eval(".stepper .picture *, .stepper .controls *, .stepper .says *",
        (all, w) => all.filter((e) => e.checkVisibility({ visibilityProperty: true }) &&
            !e.classList.contains("heard") &&
            e.getBoundingClientRect().right > w).map((e) => e.outerHTML.slice(0, 80)), width);
    check(`all of it fits ${width} pixels`, out.length === 0, out);
    check(`the page does not scroll sideways at ${width} pixels`, await phone.evaluate(() =>
        document.documentElement.scrollWidth <= document.documentElement.clientWidth));
    await phone.tap("text=← Back");
    const small = await phone.$$eval(".stepper button", (all) => all.filter((e) =>
        e.checkVisibility() && e.getBoundingClientRect().height < 36).length);
    check(`buttons are large enough for a finger at ${width} pixels`, small === 0);
    await phone.screenshot({ path: join(pictures, `stepper-${width}.png`), fullPage: true });
    await phone.context().close();
}

check("nothing complains", noise.length === 0, noise);
await end();
