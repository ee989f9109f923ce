#!/usr/bin/env node
// The book from a server whose policy lets a page do no more than it needs: the
// browser tells of each thing that a page tries beyond it.
import { check, end, open, pages, serve } from "./browser.mjs";

const address = await serve();
const page = await open();
const refused = () => page.noise.splice(0).filter((line) => !line.startsWith(`asks ${address}`));

for (const name of pages) {
    await page.goto(address + name, { waitUntil: "load" });
    check(`${name} keeps the policy`, refused());
}

async function tries(name, sentence, does) {
    await page.goto(address + name);
    await does();
    check(`${sentence}, and keeps the policy`, refused());
}
await tries("chapter_05_cgroups.html", "the stepper turns", async () => {
    await page.locator(".stepper").scrollIntoViewIfNeeded();
    await page.getByRole("button", { name: "Next" }).first().click();
});
await tries("chapter_05_cgroups.html", "a recording plays", async () => {
    const place = page.locator(".recording").first();
    await place.scrollIntoViewIfNeeded();
    await place.locator(".ap-player").waitFor();
    await place.click();
    await page.waitForTimeout(3000);
    check("the recording has begun", await place.innerText() !== "");
});
await tries("compare.html", "two stages are compared", () =>
    page.selectOption("select[name=to]", "04_user"));
await tries("index.html", "the search finds, the theme changes", async () => {
    await page.fill("#search", "fork bomb");
    await page.locator("#results a").first().waitFor();
    await page.click("#theme");
    check("the page is dark", await page.locator("html.dark-mode").count() === 1);
});
await tries("slides/05_cgroups.html", "S shows a slide, the next one and the notes in a window", async () => {
    await page.waitForFunction(() => globalThis.Reveal?.isReady());
    const [notes] = await Promise.all([page.context().waitForEvent("page"), page.keyboard.press("s")]);
    notes.on("console", (m) => m.type() === "error" && page.noise.push(m.text()));
    const said = notes.locator(".speaker-controls-notes .value");
    const first = await said.filter({ hasText: "minutes in all" }).innerText({ timeout: 60000 });
    const next = notes.frameLocator("#upcoming-slide iframe").locator("section.present");
    const heading = await next.locator("h2").innerText();
    await notes.keyboard.press("ArrowRight");
    await page.locator(`section.present:has(h2:text-is("${heading}"))`).waitFor();
    await said.filter({ hasNotText: first.slice(0, 20) }).waitFor();
    await notes.close();
});

// That the browser would have told.
await page.evaluate(() => document.body.append(Object.assign(
    document.createElement("script"), { textContent: "document.title = 'no'" })));
check("a script in the page itself is refused", refused().some((line) => /script-src/.test(line)) &&
    await page.title() !== "no");
await page.evaluate(() => fetch("index.html").catch(() => {}));
check("a request is refused", refused().some((line) => /connect-src/.test(line)));
await end();
