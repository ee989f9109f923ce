#!/usr/bin/env node
// The machine in the page: it starts from a file and from a server, runs what a
// chapter shows, holds what the stages hold, and can be given back as it was.
import { join } from "node:path";
import { check, end, heard, open, phone, pictures, serve, url } from "./browser.mjs";

const CHAPTER = "chapter_05_cgroups.html";
const PATIENCE = 240e3;

/** Clicks the button of a command, and waits until the machine runs. */
async function run(page, command) {
    await page.getByRole("button", { name: `Run ${command}`, exact: true }).first().click();
    await page.waitForFunction(() => document.querySelector("#live .status").textContent === "",
        null, { timeout: PATIENCE });
}

/** What a terminal shows soon, as a screen reader has it. */
async function shows(page, port, pattern) {
    const screen = page.locator(`#terminal-${port} .xterm-accessibility-tree`);
    try {
        await page.waitForFunction(([at, words]) => new RegExp(words).test(
            document.querySelector(`#terminal-${at} .xterm-accessibility-tree`)?.innerText ?? ""),
        [port, pattern], { timeout: 60e3 });
        return [];
    } catch {
        return [await screen.innerText()];
    }
}

/** A line that the machine's root runs: what it printed, and its status. */
const root = (page, line) => page.evaluate((text) => Machine.command(text), line);

async function prints(page, sentence, line, pattern, status = 0) {
    const answer = await root(page, line);
    check(sentence, pattern.test(answer.output) && answer.status === status, answer);
}

/* ---- From a file ------------------------------------------------------------ */

const page = await open(CHAPTER);
check("what a demonstration types has no button", await page.locator(
    "pre.terminal .run:has(+ .prompt.inside)").evaluateAll((all) =>
    all.length > 0 && all.every((button) => button.closest("div.inside"))));
check("before a click nothing of it is loaded", await page.evaluate(() =>
    performance.getEntriesByType("resource").every(({ name }) => !/xterm|v86|machine/.test(name))));
await run(page, "05_cgroups --pids 20 --demo");
check("a command of the text runs in the first shell",
    await shows(page, 0, "05_cgroups --pids 20 --demo[^]*limit of 20 processes"));
await page.screenshot({ path: join(pictures, "live.png") });
check("the dock is clear to axe", await heard(page, "#live"));

await prints(page, "the machine is a Linux of 32 bits", "uname -m", /^i686$/);
await prints(page, "the stages run", "01_clone -- echo hi", /^hi$/);
await prints(page, "the container of the last stage has root, filter and few capabilities",
    "09_barco -- sh -c 'id -u; grep -E \"^(CapEff|Seccomp):\" /proc/self/status'",
    /^0\nCapEff:\t00000000000405fb\nSeccomp:\t2$/);
await prints(page, "an ordinary user's too", "/lab/run-as learner sh -lc '09_barco -- id -u'", /^0$/);
await prints(page, "a process that takes too much memory is killed",
    "05_cgroups --memory 16M -- tail /dev/zero 2>&1", /hit its memory limit of 16M/, 137);
await prints(page, "a fork bomb stays in its container",
    "05_cgroups --pids 20 -- sh -c 'b() { b | b & }; b; sleep 1' 2>&1", /hit its limit of 20 processes/);
await prints(page, "which the machine survives", "ps | grep -c '[0-9] sh -c b'", /^0$/, 1);
await prints(page, "a stage can be compiled",
    "tcc -std=gnu17 -D_GNU_SOURCE -I/barco/include -I/barco -o /barco/stages/mine " +
    "/barco/stages/05_cgroups.c /barco/lib/libbarco.a -lseccomp -ljson-c -lcap -lbsd -lmd && " +
    "mine --pids 7 cat /sys/fs/cgroup/pids.max", /^7$/);
await prints(page, "and gives back what it made", "mine --pids 5 sh -c 'for i in $(seq 9); do " +
    "sleep 1 & done' 2>&1 | grep -o 'limit of 5 processes'", /^limit of 5 processes$/);

await page.getByRole("tab", { name: "Second shell" }).click();
await page.keyboard.press("Tab");
await page.evaluate(() => Machine.type(1, "echo two$((1 + 1))\n"));
check("the second shell is another", await shows(page, 1, "two2"));
await page.evaluate(() => Machine.type(1, "sleep 1234\n"));
await root(page, "until pidof sleep; do usleep 100000; done");
await page.evaluate(() => Machine.type(1, "\x03"));
await prints(page, "Ctrl-C ends what runs there",
    "for i in $(seq 100); do pidof sleep >/dev/null || break; usleep 100000; done; pidof sleep", /^$/, 1);

await root(page, "touch /tmp/mark");
await page.getByRole("button", { name: "Reset" }).click();
await page.waitForFunction(() => /beginning/.test(document.querySelector("#live .status").textContent),
    null, { timeout: PATIENCE });
await prints(page, "reset gives the machine back as it was", "ls /tmp", /^$/);

await page.locator("#live .handle").focus();
const height = () => page.evaluate(() => document.querySelector("#live").clientHeight);
const before = await height();
await page.keyboard.press("ArrowUp");
check("keys make the dock taller", await height() > before);
await page.getByRole("button", { name: "Close" }).click();
check("the dock can be closed", await page.locator("#live").isHidden());
check("nothing went wrong, and nothing outside was asked", page.noise);

/* What the text itself tells to type: in Bazel's words, and as root of the lab. */
await page.goto(url("using.html"));
await page.locator("div.line", { hasText: "--config=lab" }).getByRole("button").click();
check("a command of the text runs too, as the user that it has in the lab",
    await shows(page, 0, "# 05_cgroups --pids 20 sh"));
await page.goto(url("chapter_03_mount.html"));
check("what only the lab can run has no button, and all else has one", await page.evaluate(() =>
    [...document.querySelectorAll("pre.terminal .command:not(.inside), div.inside .command")].every((command) =>
        command.matches(".only-lab") !== command.matches(".run + .prompt + .command")) &&
    document.querySelector(".command.only-lab") !== null));
await page.context().close();

/* ---- From a server, on a phone, with the policy --------------------------------- */

const address = await serve();
const small = await open("", { viewport: phone });
await small.goto(address + CHAPTER);
await run(small, "05_cgroups --pids 20 --demo");
check("it starts from a server too", await shows(small, 0, "Resource temporarily"));
const rows = await small.locator("#terminal-0 .xterm-rows > div").count();
const [, high, broad] = /^(\d+) (\d+)$/.exec((await root(small, "stty size </dev/ttyS0")).output);
check("a shell of another user knows how large its terminal is", Number(high) === rows && broad < 60,
    { rows, high, broad });
check("and reads no answer of the terminal", await small.evaluate(() =>
    !document.querySelector("#terminal-0 .xterm-accessibility-tree").innerText.includes("^[[")));
check("on a phone nothing is wider than the page", await small.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth));
await small.screenshot({ path: join(pictures, "live-phone.png") });
check("no request leaves the page, and nothing needs more than the policy lets it",
    small.noise.filter((line) => !line.startsWith(`asks ${address}`)));
await end();
