#!/usr/bin/env node
// What each page loads, and how much that is: nothing that it does not use.
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { chapters, check, end, open, pages, site, url } from "./browser.mjs";

// In kB, before images: what a page loads when it is opened, and when it has been
// read to its end, where a chapter has brought the player of its recordings.
const limit = (name) => (name === "index.html" ? [250, 250]
    : chapters.includes(name) ? [450, 700] : name === "stories.html" ? [360, 360] : [320, 320]);

// Where a file is used; other pages must not load it.
const users = {
    "stepper.js": ".stepper",
    "compare.js": "#compare",
    "progress.js": "#progress, [data-exercise]",
    "asciinema-player.js": ".recording",
    "asciinema-player.css": ".recording",
};
// What comes only when it is asked for.
const later = ["minisearch.js", "search-index.js"];

const kilobytes = (files) => [...files].filter((file) => !/\.(png|svg)$/.test(file))
    .reduce((sum, file) => sum + statSync(join(site, file)).size, 0) / 1000;

const page = await open();
let loaded;
page.on("request", (request) =>
    request.url().startsWith("file:") && loaded.add(basename(new URL(request.url()).pathname)));

for (const name of pages) {
    loaded = new Set();
    await page.goto(url(name));
    const atFirst = new Set(loaded);
    for (const place of await page.locator(".recording").all()) {
        check(`${name} does not load the player before a recording is near`,
            !atFirst.has("asciinema-player.js") || await page.evaluate(() =>
                document.querySelector(".recording").getBoundingClientRect().top < innerHeight + 300));
        await place.scrollIntoViewIfNeeded();
        await place.locator(".ap-player").waitFor();
    }
    for (const [file, user] of Object.entries(users))
        check(`${name} loads ${file} if it uses it`,
            loaded.has(file) === (await page.locator(user).count() > 0));
    check(`${name} loads no search that nobody asked for`, later.filter((file) => loaded.has(file)));
    const [opened, read] = limit(name);
    for (const [files, most, when] of [[atFirst, opened, "is opened"], [loaded, read, "was read"]])
        check(`${name} has loaded at most ${most} kB when it ${when}`, kilobytes(files) <= most,
            `${Math.round(kilobytes(files))} kB: ${[...files].join(" ")}`);
}
check("the tables of break-outs are light", kilobytes(["breakouts.html"]) <= 160,
    `${kilobytes(["breakouts.html"])} kB`);

loaded = new Set();
await page.goto(url("index.html"));
await page.focus("#search");
await page.waitForFunction(() => "bookSections" in globalThis && "MiniSearch" in globalThis);
check("the search comes when it is asked for", later.every((file) => loaded.has(file)));
await end();
