#!/usr/bin/env node
// The machine in the page, in Firefox: it starts from a file and from a server, a
// button's command runs, and a stage can be compiled.
import { join } from "node:path";
import { browser, check, end, open, pictures, serve, url } from "./browser.mjs";

const PATIENCE = 240e3;
const COMMAND = "05_cgroups --pids 20 --demo";

async function works(at, where) {
    const page = await open();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`${at}chapter_05_cgroups.html`);
    await page.getByRole("button", { name: `Run ${COMMAND}`, exact: true }).first().click();
    const shown = await page.waitForFunction(() => /limit of 20 processes/.test(
        document.querySelector("#terminal-0 .xterm-accessibility-tree")?.innerText)).catch(String);
    check(`a button's command runs ${where}`, typeof shown === "object", shown);
    const { output, status } = await page.evaluate((line) => Machine.command(line),
        "cd /barco && tcc -std=gnu17 -D_GNU_SOURCE -Iinclude -I. -o stages/mine " +
        "stages/05_cgroups.c lib/libbarco.a -lseccomp -ljson-c -lcap -lbsd -lmd && " +
        "mine --pids 7 cat /sys/fs/cgroup/pids.max");
    check(`a stage that was compiled runs ${where}`, output === "7" && status === 0, output);
    await page.screenshot({ path: join(pictures, `firefox-${where.replaceAll(" ", "-")}.png`) });
    check(`nothing goes wrong ${where}`,
        page.noise.filter((line) => !line.startsWith(`asks ${at}`)));
    await page.context().close();
}

check("this is Firefox", browser.browserType().name() === "firefox");
await works(url(""), "from a file");
await works(await serve(), "from a server");
await end();
