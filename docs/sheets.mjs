#!/usr/bin/env node
// Prints the sheet of each chapter as a PDF of one page.
//
//     sheets.mjs SITE.tar NODE_MODULES/axe-core/axe.min.js OUT.tar
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { close, open, rest, site, url } from "./browser.mjs";

const [out] = rest;
const folder = join(site, "sheets");
mkdirSync(folder);

try {
    const page = await open();
    for (const name of readdirSync(join(site, "slides")).filter((file) => file.endsWith("_sheet.html"))) {
        await page.goto(url(`slides/${name}`));
        if (await page.evaluate(() => document.body.dataset.fits) !== "true")
            throw new Error(`${name} does not fit onto a page`);
        await page.pdf({ path: join(folder, name.replace("_sheet.html", ".pdf")),
            preferCSSPageSize: true, printBackground: true, tagged: true });
    }
    execFileSync("tar", ["-C", site, "--sort=name", "--owner=0", "--group=0", "-cf", out, "sheets"]);
} finally {
    await close();
}
