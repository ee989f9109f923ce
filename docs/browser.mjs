// The book in Debian's Chromium, or its Firefox, from file://, for the programs that
// look at it. Each of them is run as
//
//     PROGRAM SITE.tar NODE_MODULES/axe-core/axe.min.js [firefox] [ARGUMENTS]
//
// and a test ends with end().
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [tar, axeFile, ...rest] = process.argv.slice(2).map((path) => resolve(path));
const { chromium, firefox } = createRequire(axeFile)("../playwright-core");
const work = mkdtempSync(join(process.env.TEST_TMPDIR ?? tmpdir(), "book-"));
execFileSync("tar", ["-xf", tar, "-C", work]);

export { rest };
export const site = join(work, "site");
export const pages = readdirSync(site).filter((name) => name.endsWith(".html")).sort();
export const chapters = pages.filter((name) => name.startsWith("chapter_"));
export const url = (name) => `${pathToFileURL(site).href}/${name}`;

/** Pictures of the pages; they stay when the test has ended. */
export const pictures = process.env.TEST_UNDECLARED_OUTPUTS_DIR ?? join(work, "pictures");
mkdirSync(pictures, { recursive: true });

export const wide = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

// Firefox's of Debian is not Playwright's own, and is driven over WebDriver BiDi.
const [kind, how] = process.argv[4] === "firefox" ? [firefox, {
    executablePath: "/usr/bin/firefox-esr",
    channel: "moz-firefox",
}] : [chromium, {
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"],
}];
// Both want a home to write to.
export const browser = await kind.launch({ ...how, env: { ...process.env, HOME: work } });

/**
 * The book from a server, with its policy of what a page may do, until the program
 * ends.
 * @returns its address
 */
export async function serve() {
    const server = spawn("python3", ["docs/serve.py", tar],
        { stdio: ["ignore", "pipe", "inherit"] });
    process.on("exit", () => server.kill());
    const [said] = await once(createInterface(server.stdout), "line");
    return /http\S+/.exec(said)[0];
}

/**
 * A window of its own, with or without a page of the book. What goes wrong in
 * it, or asks for something outside the book, is told to page.noise.
 */
export async function open(name, options = {}) {
    const context = await browser.newContext({
        colorScheme: "light",
        // What fades in has its colours at once, so that axe sees those.
        reducedMotion: "reduce",
        viewport: wide,
        ...options,
    });
    const page = await context.newPage();
    page.noise = [];
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && page.noise.push(m.text()));
    page.on("pageerror", (error) => page.noise.push(String(error)));
    page.on("requestfailed", (request) => page.noise.push(`${request.url()} failed`));
    page.on("request", (request) =>
        /^(file|data|blob):/.test(request.url()) || page.noise.push(`asks ${request.url()}`));
    if (name) await page.goto(url(name));
    return page;
}

/** The page, or the part of it that a selector finds, in one theme or the other. */
export async function setTheme(page, theme) {
    await page.evaluate((name) => {
        document.documentElement.classList.remove("light-mode", "dark-mode");
        document.documentElement.classList.add(`${name}-mode`);
    }, theme);
}

const axe = readFileSync(axeFile, "utf8");

/** What axe finds in a page, or by some of its rules, in words. */
export async function heard(page, within, rules) {
    if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe);
    const { violations } = await page.evaluate(([where, runOnly]) =>
        globalThis.axe.run(where ?? document, { preload: false,
            resultTypes: ["violations"], ...(runOnly && { runOnly }) }), [within, rules]);
    return violations.flatMap((v) => v.nodes.slice(0, 4).map((n) =>
        `${v.id}: ${n.html.slice(0, 120)} ${n.any[0]?.message ?? ""}`));
}

let passed = 0;
let failed = 0;

/** A sentence that is true, or has no problems; why not, if it is not. */
export function check(sentence, found, ...why) {
    const problems = Array.isArray(found) ? found : found ? [] : why;
    if (found === true || (Array.isArray(found) && !problems.length)) return void passed++;
    failed++;
    console.log(`FAILED: ${sentence}`);
    for (const problem of problems)
        console.log(`    ${typeof problem === "string" ? problem : JSON.stringify(problem)}`);
}

export async function close() {
    await browser.close();
    rmSync(work, { recursive: true, force: true });
}

/** The end of a test. */
export async function end() {
    await close();
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed ? 1 : 0);
}
