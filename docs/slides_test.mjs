#!/usr/bin/env node
// The slides and the sheets: nothing is asked of elsewhere, nothing sticks out of a
// slide, whatever the shape of the screen, what is projected is large enough, and a
// sheet of paper is one page.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, end, heard, open, phone, pictures, setTheme, site, url } from "./browser.mjs";

const files = readdirSync(join(site, "slides")).filter((name) => name.endsWith(".html")).sort();
const decks = files.filter((name) => !name.includes("_sheet"));
const sheets = files.filter((name) => name.includes("_sheet"));
const shapes = { "16:9": { width: 1280, height: 720 }, "4:3": { width: 1024, height: 768 } };

async function show(name, options) {
    const page = await open(`slides/${name}`, options);
    await page.waitForFunction(() => globalThis.Reveal?.isReady());
    return page;
}

// What is wrong with the slide that is shown.
function badSlide() {
    const slide = Reveal.getCurrentSlide();
    const box = slide.getBoundingClientRect();
    const { width, height } = Reveal.getComputedSlideSize();
    const scale = box.width / width;
    const problems = [];
    const say = (what) => problems.push(`${slide.id}: ${what}`);
    const shown = [...slide.querySelectorAll(":scope > :not(.notes, .fragment)")].flatMap((part) =>
        [part, ...part.querySelectorAll("*:not(.told *, svg *)")]).filter((part) => part.checkVisibility({ visibilityProperty: true }) &&
        getComputedStyle(part).clipPath === "none");
    for (const part of shown) {
        const { left, top, right, bottom, width: wide, height: high } = part.getBoundingClientRect();
        if (!wide || !high) continue;
        if (left < box.left - 1 || top < box.top - 1 || right > box.right + 1 || bottom > box.bottom - 36 * scale)
            say(`${part.outerHTML.slice(0, 60)} from ${left}, ${top} to ${right}, ${bottom}`);
        if (part.matches("pre, .program") && part.scrollWidth > part.clientWidth + 1) say("code is cut");
    }
    if (Math.abs(box.height - height * scale) > 1) say(`it is ${box.height / scale} high`);
    if (Math.abs(box.width - innerWidth) > 2) say(`it is ${box.width} wide, of ${innerWidth}`);
    for (const code of slide.querySelectorAll(".program, pre.terminal")) {
        const size = parseFloat(getComputedStyle(code).fontSize);
        if (size < 20) say(`code is ${size} high`);
    }
    for (const program of slide.querySelectorAll(".program"))
        if (program.querySelectorAll(".line").length > 16) say("more than 16 lines of code");
    for (const svg of slide.querySelectorAll("svg:not([aria-hidden])"))
        if (!svg.querySelector("title")?.textContent && !svg.getAttribute("aria-label") &&
            !svg.closest("[role=img]")) say("a drawing says nothing");
    if (!slide.querySelector("aside.notes")?.textContent.trim()) say("no notes");
    if (!slide.querySelector("h1, h2")?.textContent) say("no heading");
    return problems;
}

async function look(name) {
    for (const [shape, viewport] of Object.entries(shapes)) {
        const page = await show(name, { viewport });
        const count = await page.evaluate(() => Reveal.getTotalSlides());
        check(`${name} has 12 to 20 slides, and its title`, count >= 13 && count <= 21, count);
        const problems = [];
        for (let at = 0; at < count; at++) {
            await page.evaluate((slide) => Reveal.slide(slide), at);
            problems.push(...await page.evaluate(badSlide));
        }
        check(`all slides of ${name} are whole at ${shape}`, problems);
        check(`${name} asks nothing of elsewhere`, page.noise);
        await page.context().close();
    }
}

await Promise.all([0, 1].map(async (half) => {
    for (const name of decks.filter((_, at) => at % 2 === half)) await look(name);
}));
check("there are nine decks, and nine sheets", decks.length === 9 && sheets.length === 9);

// One deck, by its keys and by ear.
const page = await show("05_cgroups.html", { viewport: shapes["16:9"] });
for (const id of ["title", "still-open", "the-idea", "step-1-find-a-place", "look-from-outside", "what-gets-through-now"]) {
    await page.evaluate((slide) => Reveal.slide(Reveal.getSlides().findIndex((s) => s.id === slide)), id);
    for (const theme of ["light", "dark"]) {
        await setTheme(page, theme);
        check(`axe finds nothing on ${id}, ${theme}`, await heard(page));
        await page.screenshot({ path: join(pictures, `slide-${id}-${theme}.png`) });
    }
}
await page.evaluate(() => Reveal.slide(0));
await page.keyboard.press("ArrowRight");
check("an arrow turns a slide over", await page.evaluate(() => Reveal.getIndices().h === 1));
await setTheme(page, "light");
await page.keyboard.press("d");
check("d changes the colours", await page.evaluate(() => document.documentElement.classList.contains("dark-mode")));
const steps = () => page.evaluate(() => document.querySelector(".stepper .where").textContent);
await page.evaluate(() => Reveal.slide(Reveal.getSlides().findIndex((s) => s.querySelector(".stepper"))));
check("a run begins with its first step", /^Step 1 of/.test(await steps()), await steps());
for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
check("each arrow is one step", /^Step 4 of/.test(await steps()), await steps());
await page.keyboard.press("ArrowLeft");
check("and back", /^Step 3 of/.test(await steps()), await steps());
const [notes] = await Promise.all([page.context().waitForEvent("page"), page.keyboard.press("s")]);
await notes.waitForFunction(() => document.querySelector(".speaker-controls-notes .value")?.textContent.includes("minute"));
check("s opens the notes", true);
await page.context().close();

// In the dark, on a phone, and on paper.
const dark = await show("05_cgroups.html", { colorScheme: "dark" });
check("a deck is dark for a reader who likes that", await dark.evaluate(() =>
    document.documentElement.classList.contains("dark-mode")));
await dark.context().close();
const small = await open("slides/05_cgroups.html", { viewport: phone });
check("on a phone a deck is a page, no wider than that", await small.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth && !document.documentElement.matches(".turns") &&
    [...document.querySelectorAll(".slides > section")].every((slide) => slide.checkVisibility())));
check("axe finds nothing on it", await heard(small));
await small.context().close();

const pagesOf = (file) => Number(/Pages: +(\d+)/.exec(execFileSync("pdfinfo", [file]))[1]);
const paper = await open("slides/05_cgroups.html?print-pdf", { viewport: shapes["16:9"] });
await paper.waitForFunction(() => document.querySelectorAll(".pdf-page").length > 0);
const count = await paper.evaluate(() => document.querySelectorAll(".pdf-page").length);
const work = mkdtempSync(join(site, "paper-"));
writeFileSync(join(work, "deck.pdf"), await paper.pdf({ preferCSSPageSize: true, printBackground: true }));
check("on paper each slide is a page", pagesOf(join(work, "deck.pdf")) === count && count >= 13,
    count, pagesOf(join(work, "deck.pdf")));
await paper.context().close();

// The sheets.
function smallWords() {
    return [...document.querySelectorAll("main *")].filter((part) =>
        [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) &&
        part.checkVisibility() && !part.matches("title, style")).map((part) =>
        [parseFloat(getComputedStyle(part).fontSize) * (part.getScreenCTM?.().a ?? 1) * 0.75, part.textContent])
        .filter(([size]) => size < 7.98).map(([size, words]) => `${size.toFixed(1)} points: ${words.slice(0, 40)}`);
}
execFileSync("tar", ["-xf", "docs/sheets.tar", "-C", work]);
for (const name of sheets) {
    const sheet = await open(`slides/${name}`);
    check(`${name} fits onto its page`, await sheet.evaluate(() => document.body.dataset.fits === "true"));
    check(`the words of ${name} can be read on paper`, await sheet.evaluate(smallWords));
    check(`axe finds nothing on ${name}`, await heard(sheet));
    check(`${name} asks nothing of elsewhere`, sheet.noise);
    const file = join(work, "sheets", name.replace("_sheet.html", ".pdf"));
    check(`${name} is one page of A4`, pagesOf(file) === 1 && /\(A4\)/.test(execFileSync("pdfinfo", [file])));
    await sheet.context().close();
}
await end();
