import { writeFileSync } from "node:fs";
import { close, open, rest } from "./browser.mjs";
const [out, ...names] = [process.argv[4], ...process.argv.slice(5)];
for (const name of names) {
    const log = [];
    const page = await open(`${name}.html`);
    await page.context().setOffline(true);
    await page.exposeFunction("heard", (port, text) => log.push(`[${port}] ` + text));
    const count = await page.$$eval("main .run", (all) => all.length);
    log.push(`${count} buttons\n`);
    let hooked = false;
    for (let i = 0; i < count; i++) {
        const label = await page.evaluate((n) => {
            const b = document.querySelectorAll("main .run")[n];
            b.scrollIntoView({ block: "center" });
            return (b.getAttribute("aria-label") || b.title || "") + " | " + (b.dataset.command ?? "");
        }, i);
        log.push(`\n\n==== ${i}: ${label}\n`);
        await page.evaluate((n) => document.querySelectorAll("main .run")[n].click(), i);
        if (!hooked) {
            await page.waitForFunction(() => window.Machine || typeof Machine !== "undefined");
            await page.evaluate(() => {
                globalThis.quiet = performance.now();
                const said = ["", ""];
                for (const port of [0, 1]) Machine.on(port, (byte) => { said[port] += String.fromCharCode(byte); globalThis.quiet = performance.now(); });
                setInterval(() => { for (const port of [0, 1]) if (said[port]) { window.heard(port, said[port]); said[port] = ""; } }, 100);
            });
            hooked = true;
            await page.waitForTimeout(6000);
        }
        const began = Date.now();
        await page.waitForTimeout(1500);
        while (Date.now() - began < 45000) {
            const still = await page.evaluate(() => performance.now() - globalThis.quiet);
            if (still > 5000) break;
            await page.waitForTimeout(300);
        }
        await page.waitForTimeout(200);
    }
    writeFileSync(`${out}/${name}.log`, log.join(""));
    console.log(name, count);
    await page.context().close();
}
await close();
