#!/usr/bin/env node
// Reads the book as a reader does, in Debian's Chromium, from file://, wide and
// narrow, light and dark. Pictures of it land in the test's outputs.
import { join } from "node:path";
import { chapters, check, end, open, pages, phone, pictures, setTheme, url, wide } from
    "./browser.mjs";

const page = await open();

// ---- Every page ------------------------------------------------------------------------

for (const name of pages) {
    page.noise = [];
    await page.goto(url(name));
    check(`${name} loads without an error`, page.noise);
}
await page.setViewportSize(phone);
await page.goto(url("index.html"));
await page.click("#menu");
check("the contents open on a phone", await page.isVisible("#book") ? [] : ["they do not"]);
await page.screenshot({ path: join(pictures, "index-narrow-contents.png") });

// ---- Tables of break-outs: heads and names stay where they are -----------------------

for (const size of [wide, phone]) {
    await page.setViewportSize(size);
    await page.goto(url("breakouts.html"));
    const stays = await page.$eval("table.matrix:not([role])", (table) => {
        const box = table.closest(".wide");
        const row = table.querySelectorAll("tbody tr")[30];
        row.scrollIntoView({ block: "center" });
        box.scrollBy(1000, 0);
        const head = table.querySelector("thead th").getBoundingClientRect();
        return head.top >= 0 && head.bottom < row.getBoundingClientRect().top &&
            row.querySelector("th").getBoundingClientRect().left >= box.getBoundingClientRect().left;
    });
    check(`heads and names stay at ${size.width} pixels`, stays ? [] : ["they do not"]);
}

// ---- The strip: it empties as the tables say, and can be read in any colours ----------

await page.setViewportSize(wide);
await page.goto(url("breakouts.html"));
const rows = await page.$eval("table.matrix:not([role])", (table) =>
    [...table.querySelectorAll("tbody tr:has(td)")].map((row) =>
        [...row.children].map((cell) => cell.textContent)));
const heads = await page.$eval("table.matrix:not([role])", (table) =>
    [...table.querySelectorAll("thead th")].map((head) => head.textContent));
check("the table of break-outs has its rows", rows.length > 50 ? [] : [`${rows.length} rows`]);
for (const name of chapters) {
    await page.goto(url(name));
    const strip = page.locator("figure.strip").first();
    if (await strip.count() === 0) continue;
    const says = await strip.locator("figcaption").textContent();
    const stage = says.match(/stage (\d\d)/)[1];
    const column = heads.findIndex((head) => head.startsWith(stage));
    const open = rows.filter((row) => row[column] === "through").map((row) => row[0]);
    const here = rows.filter((row) => stage !== "01" && row[column] === "held" &&
        row[column - 1] === "through").map((row) => row[0]);
    const cells = (kind) => strip.locator(`dd a${kind}`).evaluateAll((all) =>
        all.map((a) => a.textContent.split(",")[0]));
    check(`the strip of ${name} has a cell for each break-out`,
        (await cells("")).sort().join() === rows.map((row) => row[0]).sort().join() ? [] : [await cells("")]);
    check(`what is filled in the strip of ${name} gets through`,
        (await cells(".open")).sort().join() === open.sort().join() ? [] : [await cells(".open")]);
    check(`what is ticked in the strip of ${name} is what the stage closed`,
        (await cells(".here")).sort().join() === here.sort().join() ? [] : [await cells(".here")]);
    check(`the strip of ${name} says how many`,
        says.startsWith(`${open.length} of ${rows.length} `) &&
        (!here.length || says.includes(`which closed ${here.length}.`)) ? [] : [says]);
    /* In one colour, as on paper: what is left are borders and a tick. */
    const looks = await strip.locator("dd a").evaluateAll((all) => Object.fromEntries(all.map((a) => {
        const style = getComputedStyle(a);
        return [a.className, [style.borderTopWidth, style.borderTopStyle,
            getComputedStyle(a, "::before").content].join(" ")];
    })));
    check(`the cells of ${name} differ without colours`,
        new Set(Object.values(looks)).size === Object.keys(looks).length ? [] : [JSON.stringify(looks)]);
    const small = await strip.locator("dd a").evaluateAll((all) => all.filter((a) =>
        a.getBoundingClientRect().width < 22 || a.getBoundingClientRect().height < 22 || !a.title).length);
    check(`the cells of ${name} can be touched, and have a name`, small ? [`${small} cannot`] : []);
}
await page.setViewportSize({ width: 320, height: 700 });
await page.goto(url(chapters[0]));
check("the strip fits 320 pixels", await page.$eval("figure.strip", (strip) =>
    [...strip.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > innerWidth)
        .map((e) => e.outerHTML.slice(0, 80))));

// ---- Causes unfold ---------------------------------------------------------------------

await page.setViewportSize(wide);
await page.goto(url("troubleshooting.html"));
const cause = page.locator(".causes details").first();
check("a cause is folded", await cause.locator("dl").first().isVisible() ? ["it is not"] : []);
await cause.locator("summary").click();
check("a cause unfolds", await cause.locator("dl").first().isVisible() ? [] : ["it does not"]);

// ---- Two stages compared ---------------------------------------------------------------

await page.goto(url("compare.html"));
const { sources } = await page.$eval("#compare-data", (data) => JSON.parse(data.textContent));
const stages = Object.keys(sources);
for (const [from, to] of [[0, 1], [1, 4], [7, 8], [0, 8], [6, 2]].map((pair) => pair.map((n) => stages[n]))) {
    if (!from || !to) continue;
    await page.selectOption("select[name=from]", from);
    await page.selectOption("select[name=to]", to);
    const [first, last] = [from, to].sort();
    const lines = (kind) => page.$$eval(`.result .${kind}`, (all) => all.map((e) => e.textContent.slice(1)));
    const [added, dropped, kept] = [await lines("add"), await lines("del"), await lines("same")];
    const left = [...sources[first]];
    for (const line of dropped) left.splice(left.indexOf(line), 1);
    for (const line of added) left.push(line);
    check(`${first} with what was added and without what was dropped is ${last}`,
        left.sort().join("\n") === [...sources[last]].sort().join("\n") ? [] : [`+${added.length} -${dropped.length}`]);
    check(`${first} and ${last} show lines around`, kept.length ? [] : ["none"]);
    check(`${first} and ${last} are counted`, (await page.textContent(".compare [role=status]")) ===
        `${added.length} lines added, ${dropped.length} dropped.` ? [] : [await page.textContent(".compare [role=status]")]);
    check(`notes stand at lines between ${first} and ${last}`,
        await page.locator(".result .note").count() ? [] : ["none"]);
}
await page.check("input[name=sides]");
check("two stages stand side by side", await page.locator(".result table.sides td.add").count() ? [] : ["no"]);
await page.reload();
check("the choice stays in the address", await page.locator(".result table.sides").count() &&
    await page.inputValue("select[name=to]") === stages[2] ? [] : [page.url()]);
await page.screenshot({ path: join(pictures, "compare-sides.png") });
const silent = await open("compare.html", { javaScriptEnabled: false });
check("without scripts there is a difference for each step",
    await silent.locator(".steps details:visible").count() === stages.length - 1 ? [] : ["there is not"]);
check("without scripts there is no form", await silent.locator("#compare").isVisible() ? ["there is"] : []);
await silent.context().close();

// ---- Plots -----------------------------------------------------------------------------

for (const name of chapters) {
    await page.goto(url(name));
    check(`the plots of ${name} have a line, units and words`, await page.$$eval("figure.plot", (all) =>
        all.filter((figure) => {
            const line = figure.querySelector("polyline.curve").getBoundingClientRect();
            return !(line.width > 200 && line.height > 80 && figure.querySelectorAll(".unit").length === 2 &&
                figure.querySelector("title").textContent && figure.querySelector("desc").textContent);
        }).map((figure) => figure.outerHTML.slice(0, 100))));
}

// ---- Recordings and copy buttons ----------------------------------------------------

for (const name of chapters) {
    await page.goto(url(name));
    const places = page.locator(".recording");
    if (await places.count() === 0) continue;
    const height = async () => (await places.first().boundingBox()).height;
    const kept = await height();
    await places.first().scrollIntoViewIfNeeded();
    const screen = places.first().locator(".ap-term, .ap-terminal").first();
    await screen.scrollIntoViewIfNeeded();
    await page.waitForTimeout(500);
    check(`the recording of ${name} moves nothing when it comes`, Math.abs(await height() - kept) < 2,
        `${kept} px were kept for ${await height()}`);
    const before = await screen.screenshot();
    await places.first().click();
    await page.waitForTimeout(2500);
    const after = await screen.screenshot();
    check(`the recording of ${name} plays`, before.equals(after) ? ["the picture stands"] : []);
}
if (chapters.length) {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
    await page.goto(url(chapters[0]));
    const block = page.locator(".copyable:has(.fragment)").first();
    await block.hover();
    await block.locator(":scope > button").click();
    await page.waitForTimeout(200);
    check("a copy button copies",
        (await block.locator(":scope > button").textContent()) === "Copied" ? [] : ["it does not say so"]);
}

// What is typed inside never gets into what is pasted on the host.
const copies = async (box) => {
    await page.evaluate(() => {
        navigator.clipboard.writeText = async (text) => { window.copied = text; };
    });
    await box.locator(":scope > button").evaluate((button) => button.click()); // folded, too
    return page.evaluate(() => window.copied);
};
for (const name of chapters) {
    await page.goto(url(name));
    for (const box of await page.locator(".copyable:has(pre.terminal)").all()) {
        const [inside, outside] = await box.evaluate((e) => [".inside", ":not(.inside)"]
            .map((c) => [...e.querySelectorAll(`.command${c}`)].map((b) => b.textContent).join("\n")));
        const got = await copies(box);
        if (got !== (outside || inside))
            check(`${name}: copying takes what is typed outside`, [got, outside, inside]);
    }
    check(`${name}: what is copied is typed in one place`, await page.$$eval(
        ".two-windows pre.terminal:has(.command.inside)", (all) => all.filter((e) =>
            e.querySelectorAll(".command").length > 1).map((e) => e.textContent)));
}

// ---- Pictures, to look at --------------------------------------------------------------

for (const scheme of ["light", "dark"]) {
    for (const name of ["index.html", chapters[0], "group__process.html", "breakouts.html"]) {
        for (const size of [wide, phone]) {
            await page.setViewportSize(size);
            await page.goto(url(name));
            await setTheme(page, scheme);
            await page.screenshot({ fullPage: true, path: join(pictures,
                `${name.replace(".html", "")}-${size.width}-${scheme}.png`) });
        }
    }
}

await end();
