#!/usr/bin/env node
// figures.mjs SITE.tar AXE update|test FIGURES.json: how large the machine in the page is,
// and how fast, measured in Chromium from file://.
//
//     bazel run //docs:update_machine_figures   on an idle machine: writes what
//                                               the page about the machine shows
//     bazel test //docs:figures_test            fails if that is far from true
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser, check, close, end, open, site } from "./browser.mjs";

const [task, file] = process.argv.slice(4);
const ROUNDS = task === "update" ? 5 : 1;
const MOST = 18e6; // bytes to download
const FAR = 5; // times
const COMPILE = "cd /barco && tcc -std=gnu17 -D_GNU_SOURCE -Iinclude -I. -o /tmp/mine " +
    "stages/09_barco.c lib/libbarco.a -lseccomp -ljson-c -lcap -lbsd -lmd";
// What root of the machine runs; each is run once in each round.
const COMMANDS = [
    ["`01_clone -- echo hi`", "01_clone -- echo hi"],
    ["`09_barco -- true`", "09_barco -- true"],
    ["compile and link stage 09", COMPILE],
    ...readdirSync("stages").filter((name) => /^\d\d_\w+\.c$/.test(name)).sort()
        .map((name) => name.slice(0, -2)).map((stage) => [`\`${stage} --demo\``,
            /* What a demonstration shows may fail; the stage may not. */
            `${stage} --demo; [ $? -ne 125 ]`]),
];

/** Seconds that a page takes for something, which has to succeed. */
function seconds(page, does, argument) {
    return page.evaluate(async ([text, value]) => {
        const begin = performance.now();
        const answer = await (0, eval)(text)(value);
        if (answer?.status) throw new Error(`${value}: ${answer.output}`);
        return (performance.now() - begin) / 1000;
    }, [does.toString(), argument]);
}

/** What the page's process has for itself, in bytes. */
async function memory() {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return Math.max(...processInfo.filter(({ type }) => type === "renderer").map(({ id }) =>
        1024 * /^Pss: +(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))[1]));
}

/** {name: [numbers]} of a machine that is started, used and reset. */
async function round(found) {
    const add = (name, unit, value) => (found[name] ??= { unit, values: [] }).values.push(value);
    const page = await open("chapter_05_cgroups.html");
    page.setDefaultTimeout(600e3);
    const loaded = new Set();
    page.on("request", (request) =>
        request.url().startsWith("file:") && loaded.add(fileURLToPath(request.url())));
    add("from the click until it runs", "s", await seconds(page, () => Live.open()));
    add("downloaded at the click", "MB", [...loaded].reduce((sum, name) =>
        sum + statSync(name).size, 0) / 1e6);
    for (const [name, command] of COMMANDS)
        add(name, "s", await seconds(page, (line) => Machine.command(line), command));
    add("memory of the page", "MB", await memory() / 1e6);
    add("reset", "s", await seconds(page, () => Machine.reset()));
    await page.context().close();
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

const found = {};
for (let i = 0; i < ROUNDS; i++) await round(found);
const figures = Object.entries(found).map(([name, { unit, values }]) =>
    ({ name, unit, value: Number(median(values).toPrecision(unit === "MB" ? 3 : 2)) }));
const size = figures.find(({ name }) => name.startsWith("downloaded")).value;

if (task === "update") {
    const where = `Chromium ${browser.version()}, ${cpus().length} processors: ${cpus()[0].model}`;
    const out = join(process.env.BUILD_WORKSPACE_DIRECTORY, file);
    writeFileSync(out, `${JSON.stringify({ where, figures }, null, 2)}\n`);
    for (const { name, value, unit } of figures) console.log(`${name}: ${value} ${unit}`);
    await close();
} else {
    const shown = JSON.parse(readFileSync(file)).figures;
    check("at most 18 MB are downloaded", size <= MOST / 1e6, `${size} MB`);
    check(`${basename(file)} has each figure`, shown.map(({ name }) => name).join() ===
        figures.map(({ name }) => name).join(), shown, figures);
    for (const { name, value, unit } of figures) {
        const said = shown.find((figure) => figure.name === name)?.value;
        check(`${name} takes what the page says`, value < said * FAR && said < value * FAR,
            `${value} ${unit}, and the page says ${said}`);
    }
    await end();
}
