#!/usr/bin/env node
// Every page, at every width and in both themes: it does not scroll sideways,
// its drawings are whole and can be read, and axe finds nothing. ONLY=REGEX in
// the environment chooses pages.
import { check, end, heard, open, pages, setTheme, url } from "./browser.mjs";

const widths = [320, 390, 600, 768, 901, 1280, 1920];

// What sticks out of a page that is too wide.
function tooWide() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [`it is ${document.documentElement.scrollWidth} wide`,
        ...[...document.querySelectorAll("body *")].filter((e) =>
            e.getBoundingClientRect().right > width + 1)
            .slice(0, 3).map((e) => e.outerHTML.slice(0, 100))];
}

// Drawings that are cut or moved sideways, and words in them that are too small,
// cut, or one upon the other. Two are too wide for a phone and scroll in a box.
function badDrawings(smallest) {
    const problems = [];
    for (const svg of document.querySelectorAll("figure.drawing > svg")) {
        const say = (what) => problems.push(
            `${svg.querySelector("title")?.id ?? svg.getAttribute("class")}: ${what}`);
        const all = svg.getBoundingClientRect();
        const scrolls = svg.matches(".graph, .architecture");
        if (!scrolls && (all.left < 0 || all.right > document.documentElement.clientWidth))
            say(`from ${all.left} to ${all.right}`);
        const texts = [...svg.querySelectorAll("text")].map((text) =>
            [text, text.getBoundingClientRect(), text.textContent.trim()])
            .filter(([text, , words]) => words && text.checkVisibility());
        for (const [i, [text, box, words]] of texts.entries()) {
            const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
            if (size < smallest) say(`"${words}" is ${size.toFixed(1)} pixels high`);
            if (box.left < all.left - 1 || box.right > all.right + 1 ||
                box.top < all.top - 1 || box.bottom > all.bottom + 1) say(`"${words}" is cut`);
            for (const [, other, others] of texts.slice(i + 1))
                if (Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1 &&
                    Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > box.height / 4)
                    say(`"${words}" and "${others}" are in the same place`);
        }
    }
    return problems;
}

async function look(page, name) {
    // Pages of source code are all alike, and so are their lines and contents.
    const isSource = name.endsWith("_source.html");
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(url(name));
    for (const width of isSource ? [320, 1920] : widths) {
        await page.setViewportSize({ width, height: 900 });
        check(`${name} fits ${width} pixels`, await page.evaluate(tooWide));
        check(`the drawings of ${name} are whole at ${width} pixels`,
            await page.evaluate(badDrawings, width < 390 ? 7.4 : 9));
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    if (isSource) await page.evaluate(() => {
        for (const line of [...document.querySelectorAll(".line")].slice(40)) line.remove();
        for (const line of [...document.querySelectorAll("#book li")].slice(5)) line.remove();
    });
    check(`axe finds nothing on ${name}`, await heard(page));
    await setTheme(page, "dark");
    check(`axe finds no pale colours on ${name} in the dark`,
        await heard(page, undefined, ["color-contrast"]));
}

// Two at a time.
const only = process.env.ONLY;
const left = pages.filter((name) => !only || new RegExp(only).test(name));
await Promise.all([1, 2].map(async () => {
    const page = await open();
    for (let name; (name = left.shift());) await look(page, name);
}));
await end();
