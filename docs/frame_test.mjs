#!/usr/bin/env node
// What is around the text: addresses of all that one may want to show somebody,
// the contents of a page, colours, copying, and narrow screens.
import { chapters, check, end, heard, open, pages, phone, setTheme, url, wide } from "./browser.mjs";

const book = await open("index.html");
const files = new Set(await book.$$eval("#book a", (all) => all.map((a) => a.getAttribute("href"))));

// ---- Addresses ---------------------------------------------------------------------------

for (const name of files) {
    await book.goto(url(name));
    check(`${name}: each heading has an address and shows it`, await book.$$eval(
        ".contents :is(h2, h3, h4):not(.groupheader)", (all) => all.filter((heading) => {
            const own = heading.querySelector("a.self");
            return !heading.id || (own ? own.hash !== `#${heading.id}` : !heading.querySelector("a[href]"));
        }).map((heading) => heading.outerHTML.slice(0, 120))));
    check(`${name}: no address is there twice`, await book.$$eval("[id]", (all) => {
        const ids = all.map((e) => e.id);
        return ids.filter((id, i) => ids.indexOf(id) !== i);
    }));
}
await book.goto(url(chapters[0]));
await book.click("#ch01_step_2 a");
check("a click on a step shows its address", book.url().endsWith("#ch01_step_2"), book.url());
const sizes = await book.$$eval(".contents h2 > a.self", (all) => all.map((a) => {
    const [own, around] = [a, a.parentElement].map((e) => getComputedStyle(e));
    return own.color === around.color && own.fontSize === around.fontSize;
}));
check("a heading looks like one, and not like a link", sizes.length > 5 && sizes.every(Boolean), sizes);
await book.goto(url("breakouts.html"));
check("each row of the break-outs has an address and shows it", await book.$$eval(
    "table.matrix:not([role]) tbody tr:has(td)", (all) => all.filter((row) =>
        !row.id || row.querySelector("a.self")?.hash !== `#${row.id}`).map((row) => row.textContent)));
await book.goto(`${url("breakouts.html")}#row_forkbomb`);
check("a row that was asked for is there, and marked", await book.$eval("#row_forkbomb", (row) => {
    const { top, bottom } = row.getBoundingClientRect();
    const head = row.closest("table").querySelector("thead th").getBoundingClientRect();
    return top >= head.bottom && bottom < innerHeight && getComputedStyle(row.querySelector("th")).backgroundColor !==
        getComputedStyle(row.nextElementSibling.querySelector("th")).backgroundColor;
}), "it is not");
await book.goto(`${url("troubleshooting.html")}#cause_04_newuidmap_EPERM`);
check("a failure that was asked for is unfolded", await book.isVisible("#cause_04_newuidmap_EPERM dl"), "it is not");
check("and shows its address", await book.getAttribute("#cause_04_newuidmap_EPERM a.self", "href") ===
    "#cause_04_newuidmap_EPERM", "it does not");
await book.goto(`${url("chapter_09_barco.html")}#run_7`);
await book.waitForFunction(() => document.querySelector(".stepper .where")?.textContent.startsWith("Step 7 "))
    .catch(() => {});
check("a step of a run that was asked for is shown", await book.isVisible("#run_7"),
    await book.textContent(".stepper .where"));
await book.goto(`${url("glossary.html")}#word_zombie`);
const word = await book.evaluate(() => document.querySelector(":target")?.textContent);
check("a word that was asked for is there", word === "zombie", String(word));

// ---- What is on this page ------------------------------------------------------------------

const current = (page) => page.$$eval(".toc [aria-current]", (all) => all.map((a) => a.hash.slice(1)).join());
await book.goto(url("chapter_05_cgroups.html"));
check("the contents stand beside the text", await book.$eval("nav.toc", (toc) =>
    toc.getBoundingClientRect().left > document.querySelector(".contents h2").getBoundingClientRect().right - 100 &&
    !document.querySelector("button.unfold").checkVisibility()), "they do not");
for (const section of ["ch05_here", "ch05_kernel", "ch05_build", "ch05_exercises"]) {
    await book.$eval(`#${section}`, (heading) => heading.scrollIntoView());
    await book.waitForTimeout(100);
    check(`a reader of ${section} sees it marked`, await current(book) === section, await current(book));
}
await book.$eval("#ch05_step_4", (heading) => heading.scrollIntoView());
await book.waitForTimeout(100);
check("a step is a part of its section", await current(book) === "ch05_build", await current(book));
for (const section of ["ch05_check", "ch05_teachers"]) {
    await book.click(`.toc a[href="#${section}"]`);
    await book.waitForTimeout(100);
    check(`a reader who jumps to ${section}, at the end, sees it marked`, await current(book) === section, await current(book));
}
await book.setViewportSize({ width: 1280, height: 400 });
await book.goto(url("chapter_05_cgroups.html"));
await book.$eval("#ch05_check", (heading) => heading.scrollIntoView());
await book.waitForTimeout(100);
check("what is marked in long contents can be seen on a low screen", await book.$eval(".toc .active", (link) => {
    const [inner, outer] = [link, link.closest(".toc")].map((e) => e.getBoundingClientRect());
    return outer.bottom < innerHeight && inner.top >= outer.top && inner.bottom <= outer.bottom;
}), await current(book));
await book.setViewportSize(wide);

// ---- Colours -----------------------------------------------------------------------------

const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
await book.goto(url("index.html"));
const light = await background(book);
await book.focus("#theme");
await book.keyboard.press("Enter");
const dark = await background(book);
check("a key turns the page dark", light !== dark, light);
check("the button says that it is dark", await book.getAttribute("#theme", "aria-pressed") === "true", "it does not");
await book.goto(url("setup.html"));
check("it stays dark on the next page", await background(book) === dark, await background(book));
check("the button of the next page says so too", await book.getAttribute("#theme", "aria-pressed") === "true", "no");
await book.click("#theme");
await book.reload();
check("and light again after a second time", await background(book) === light, await background(book));
await book.emulateMedia({ colorScheme: "dark" });
await book.waitForFunction((color) => getComputedStyle(document.body).backgroundColor === color, dark).catch(() => {});
check("a reader who has chosen nothing gets what the system has", await background(book) === dark, await background(book));
check("and the button knows", await book.getAttribute("#theme", "aria-pressed") === "true", "it does not");
await book.click("#theme");
await book.goto(url("index.html"));
check("a dark system can have a light book", await background(book) === light, await background(book));

const plain = await open("chapter_05_cgroups.html", { javaScriptEnabled: false, colorScheme: "dark" });
check("without scripts the page is light as a whole", await background(plain) === light, await background(plain));
check("without scripts the contents are there", await plain.isVisible(".toc") && await plain.isVisible("#book"), "no");
check("without scripts nothing waits to be pressed", !await plain.isVisible("#theme") &&
    !await plain.isVisible("#search"), "it does");
await plain.context().close();
const closed = await open();
await closed.addInitScript(() => Object.defineProperty(globalThis, "localStorage", {
    get() { throw new DOMException("denied", "SecurityError"); } }));
await closed.goto(url("chapter_05_cgroups.html"));
check("where nothing may be stored there is no button for it", !await closed.isVisible("#theme"), "there is");
check("and the rest works", await closed.locator(".copyable > button").count() > 5 &&
    await current(closed) === "ch05_here", await current(closed));
await closed.context().close();

// ---- Copying: by finger, by key, by ear ------------------------------------------------------

for (const size of [phone, { width: 320, height: 640 }]) {
    const touch = await open("chapter_05_cgroups.html", { viewport: size, hasTouch: true, isMobile: true });
    check(`each copy button can be seen and touched at ${size.width} pixels`, await touch.$$eval(
        ".copyable", (all) => all.filter((box) => box.checkVisibility()).filter((box) => {
            const button = box.querySelector(":scope > button");
            const { width, height, left, right, top } = button.getBoundingClientRect();
            return getComputedStyle(button).opacity !== "1" || width < 44 || height < 24 || left < 0 ||
                right > innerWidth || top < box.firstChild.getBoundingClientRect().bottom;
        }).map((box) => box.textContent.slice(0, 60))));
    await touch.context().close();
}
const copying = await open("chapter_05_cgroups.html");
await copying.context().grantPermissions(["clipboard-read", "clipboard-write"]);
const announced = () => copying.textContent("body > [role=status]");
await copying.focus(".copyable:has(.prompt) > button");
check("a button that has the focus can be seen", await copying.$eval(".copyable > button:focus",
    (button) => getComputedStyle(button).opacity) === "1", "it cannot");
await copying.keyboard.press("Enter");
await copying.waitForFunction(() => document.querySelector("body > [role=status]").textContent).catch(() => {});
check("that something was copied is announced", await announced() === "Copied", await announced());
check("and it was", (await copying.evaluate(() => navigator.clipboard.readText())).startsWith("04_user "),
    await copying.evaluate(() => navigator.clipboard.readText()));
await copying.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error("denied")); });
await copying.focus(".copyable:has(.fragment) > button");
await copying.keyboard.press("Enter");
await copying.waitForFunction(() => document.querySelector("body > [role=status]").textContent.startsWith("Press"))
    .catch(() => {});
check("where copying is not allowed it says what to do", await announced() === "Press Ctrl+C" &&
    await copying.evaluate(() => String(getSelection()).length > 10), await announced());
check("none of this wrote an error", copying.noise);
await copying.context().close();

// ---- Narrow screens: nothing is cut, nothing moves sideways ------------------------------------

const narrow = await open("index.html", { hasTouch: true, isMobile: true, viewport: { width: 320, height: 800 } });
for (const name of pages) {
    await narrow.goto(url(name));
    // A phone makes the page smaller rather than wider than it is.
    check(`${name} fits 320 pixels`, await narrow.evaluate(() => (innerWidth === 320 ? []
        : [`it is ${innerWidth} wide`, ...[...document.querySelectorAll("body *")].filter((e) =>
            e.getBoundingClientRect().right > 321).slice(0, 3).map((e) => e.outerHTML.slice(0, 100))])));
    check(`no code of ${name} is cut at 320 pixels`, await narrow.$$eval(
        "main :is(pre, div.fragment, svg)", (all) => {
            const scrolls = (box) => box !== document.documentElement &&
                (/auto|scroll/.test(getComputedStyle(box).overflowX) || scrolls(box.parentElement));
            return all.filter((e) => {
                const { left, right } = e.getBoundingClientRect();
                return e.checkVisibility() && !scrolls(e) &&
                    (e.scrollWidth > e.clientWidth + 1 || left < -1 || right > innerWidth + 1);
            }).map((e) => e.outerHTML.slice(0, 100));
        }));
}
for (const width of [320, 390]) {
    await narrow.setViewportSize({ width, height: 800 });
    await narrow.goto(url("chapter_05_cgroups.html"));
    check(`the bar has room at ${width} pixels`, await narrow.$$eval(".bar > *:not(.search), #search", (all) => {
        const boxes = all.filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect())
            .sort((a, b) => a.left - b.left);
        return boxes.length === 4 && boxes.every((box, i) => box.left >= 0 && box.right <= innerWidth &&
            box.width >= 40 && (i === 0 || box.left >= boxes[i - 1].right)) ? [] : boxes.map((box) => JSON.stringify(box));
    }));
    await narrow.tap("#menu");
    check(`the contents open at ${width} pixels`, await narrow.isVisible("#book") &&
        await narrow.getAttribute("#menu", "aria-expanded") === "true", "they do not");
    check(`axe finds nothing in the contents at ${width} pixels`, await heard(narrow, "#book"));
    await narrow.keyboard.press("Escape");
    check(`Escape closes them at ${width} pixels`, !await narrow.isVisible("#book"), "it does not");
    check(`what is on this page is folded at ${width} pixels`, !await narrow.isVisible(".toc"), "it is not");
    await narrow.focus("button.unfold");
    await narrow.keyboard.press("Enter");
    check(`a key unfolds it at ${width} pixels`, await narrow.isVisible(".toc a") &&
        await narrow.getAttribute("button.unfold", "aria-expanded") === "true", "it does not");
    for (const theme of ["light", "dark"]) {
        await setTheme(narrow, theme);
        check(`axe finds nothing in it at ${width} pixels (${theme})`, await heard(narrow, ".contents > .toc"));
    }
    await narrow.tap(".toc a[href='#ch05_build']", { timeout: 5000 }).catch(() => {});
    check(`a touch leads there at ${width} pixels`, await narrow.$eval("#ch05_build", (heading) =>
        heading.getBoundingClientRect().top > 50 && heading.getBoundingClientRect().top < 300), narrow.url());
}

// ---- Lines that can be read ----------------------------------------------------------------------

const reading = await open();
for (const width of [1280, wide.width, 1920]) {
    await reading.setViewportSize({ width, height: 900 });
    for (const name of ["index.html", "chapter_05_cgroups.html", "breakouts.html", "group__cgroup.html"]) {
        await reading.goto(url(name));
        const lines = await reading.$$eval(".contents p", (all) => all
            .filter((p) => p.checkVisibility() && p.textContent.length > 200 && !p.closest("details, figure, section"))
            .map((p) => p.textContent.length /
                Math.round(p.getBoundingClientRect().height / parseFloat(getComputedStyle(p).lineHeight))));
        check(`lines of ${name} have at most 75 characters at ${width} pixels`, lines.length > 0 &&
            lines.every((length) => length <= 75), ...lines);
    }
}
await end();
