#!/usr/bin/env node
// "Try it against 05_cgroups": break-outs in the page come out as the table says, in
// the last stage that they get through and in the next one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check, end, heard, open, phone, pictures, setTheme } from "./browser.mjs";

const PATIENCE = 240e3;
const NEIGHBOURS = { kill: ["01", "02"], hostfile: ["02", "03"], forkbomb: ["04", "05"],
    unshare: ["06", "07"], fdleak: ["07", "08"],
    /* It needs what only 32-bit programs ask for in this way: send(2). */
    netlinkack: ["08"] };
const [head, ...rows] = readFileSync("tests/attacks/matrix.md", "utf8").split("\n")
    .filter((line) => /^\| (break-out|`)/.test(line)).map((line) => line.slice(2).split(" | "));
const says = (name, column) =>
    rows.find(([first]) => first === `\`${name}\``)[head.indexOf(column)];

const story = (page, name) => page.locator(`.break[data-breakout="${name}"]`);

/** Waits for the end of a run: what its control says, and what was printed. */
async function result(place) {
    const said = place.locator("p[role=status]");
    await place.locator("button:enabled").first().waitFor({ timeout: PATIENCE });
    return { verdict: await said.getAttribute("class"), said: await said.innerText(),
        printed: await place.locator("pre").innerText() };
}

async function attempt(page, name, column) {
    const place = story(page, name);
    await place.getByRole("combobox").selectOption(column);
    await place.getByRole("button", { name: "Try it against" }).click();
    return result(place);
}

const page = await open("stories.html");
const address = page.url();
check("before a click nothing of the machine is loaded", await page.evaluate(() =>
    performance.getEntriesByType("resource").every(({ name }) => !/xterm|v86|machine/.test(name))));
for (const theme of ["light", "dark"]) {
    await setTheme(page, theme);
    check(`axe finds nothing, ${theme}`, await heard(page, ".break"));
}
await setTheme(page, "light");

/* By keys alone: the stage that it gets through is chosen already. */
const first = story(page, "kill");
await first.getByRole("combobox").focus();
await page.keyboard.press("Tab");
check("the button says what it runs", await page.evaluate(() =>
    document.activeElement.textContent) === "Try it against 01_clone");
await page.keyboard.press("Enter");
check("while one runs, no other can", await page.locator(".break button:enabled").count() === 0);
check("and it is said", /machine|runs/.test(await first.locator("p[role=status]").innerText()));
const killed = await result(first);
check("kill gets through 01_clone", killed.verdict === "through" && says("kill", "01") === "through", killed);
check("what the host shows is said", /the process that it was given, dead/.test(killed.said), killed);
check("and that the table agrees, and how long it took", /As in the book’s table\. [\d.]+ s$/.test(killed.said), killed);
check("and what it printed", /kill begins/.test(killed.printed), killed);

for (const [name, columns] of Object.entries(NEIGHBOURS))
    for (const column of columns) {
        const found = await attempt(page, name, column);
        check(`${name} in ${column} comes out as the table says`,
            found.verdict === says(name, column) && /As in the book/.test(found.said), found);
    }
for (const theme of ["light", "dark"]) {
    await setTheme(page, theme);
    check(`axe finds nothing when verdicts are there, ${theme}`, await heard(page, ".break"));
    await story(page, "fdleak").scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(pictures, `break-${theme}.png`) });
}
check("nothing went wrong, and nothing outside was asked", page.noise);
await page.context().close();

const small = await open("stories.html", { viewport: phone });
check("on a phone nothing is wider than the page", await small.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth));
await small.context().close();

const without = await open();
await without.addInitScript(() => { delete globalThis.WebAssembly; });
await without.goto(address);
check("without WebAssembly there is no control",
    await without.locator(".break :is(button, select)").count() === 0);
check("and nothing promises one", await without.locator("#break-note").isHidden());
await end();
