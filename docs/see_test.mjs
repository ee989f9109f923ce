#!/usr/bin/env node
// See inside: what is in the machine in the page, as a reader sees and hears it.
import { join } from "node:path";
import { check, end, heard, open, phone, pictures, setTheme } from "./browser.mjs";

const PATIENCE = 240e3;

async function seeInside(options) {
    const page = await open("chapter_05_cgroups.html", options);
    await page.evaluate(() => Live.open());
    await page.getByRole("button", { name: "See inside" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".see .host").waitFor({ timeout: PATIENCE });
    return page;
}

/** Whether the panel shows soon what a program in the page looks for. */
async function soon(page, looks, argument) {
    try {
        await page.waitForFunction(looks, argument, { timeout: 90e3 });
        return [];
    } catch {
        return [await page.locator(".see").innerText()];
    }
}
const saysSoon = (page, selector, pattern) => soon(page, ([place, words]) =>
    [...document.querySelectorAll(place)].some(({ innerText }) => new RegExp(words).test(innerText)),
[`.see ${selector}`, pattern]);
const isGone = (page, selector) =>
    soon(page, (place) => !document.querySelector(place), `.see ${selector}`);
const root = (page, line) => page.evaluate((text) => Machine.command(text), line);
const type = (page, line) => page.evaluate((text) => Machine.type(0, text), line);

const page = await seeInside();
check("nobody runs a container at first", await saysSoon(page, ".host > .hint", "No container runs"));
check("the reader's shells are on the host", await saysSoon(page, ".host > .processes", "pid \\d+, uid 1000"));
check("what runs the machine is folded",
    await page.locator(".see .host details:not([open])").count() === 1);

await type(page, "05_cgroups --pids 10 --memory 16M sh\n");
check("a container's init has pid 1 inside, and another outside",
    await saysSoon(page, ".box .box .process", "init\\s+pid\\s1\\sinside\\s/\\s\\d+\\soutside"));
check("the kernel says the same", await soon(page, () => {
    const box = [...document.querySelectorAll(".see .box .process")]
        .find(({ innerText }) => /^init/.test(innerText));
    const outside = box?.querySelector(".outside").innerText;
    return Machine.command(`grep NSpid /proc/${outside}/status`)
        .then(({ output }) => output === `NSpid:\t${outside}\t1`);
}));
check("it is root inside, and not outside",
    await saysSoon(page, ".box .box .process", "uid\\s0\\sinside\\s/\\s[1-9]\\d*\\soutside"));
check("its namespaces are its own", await saysSoon(page, ".box .box .own", "mount"));
check("but the network, which it shares", await saysSoon(page, ".box .box .shared", "network"));
check("its limits are shown", await saysSoon(page, ".box .box .cgroup", "of 10 processes[^]*of 16 MB"));
check("its start is told", await saysSoon(page, ".said", "started: pid 1 inside, \\d+ outside"));

const processes = () => page.locator(".see .box .box .process:not([data-gone])").count();
const before = await processes();
await type(page, "sleep 1000 & sleep 1000 &\n");
check("a fork appears", await soon(page, (few) =>
    document.querySelectorAll(".see .box .box .process").length >= few + 2, before));
await type(page, "(for i in $(seq 20); do sleep 1000 & done)\n");
check("a limit that was hit is shown", await saysSoon(page, ".box .box .cgroup", "refused"));
check("and told", await saysSoon(page, ".said", "limit of 10 processes refused"));
check("what is full is marked", await soon(page, () => document.querySelector(".see .pids.full")));

for (const theme of ["light", "dark"]) {
    await setTheme(page, theme);
    check(`axe finds nothing in the panel (${theme})`, await heard(page, "#live"));
    await page.screenshot({ path: join(pictures, `see-${theme}.png`) });
}

/* What stays is the same element, so nothing moves under the reader's hands. */
await page.locator(".see summary").focus();
await page.keyboard.press("Enter");
await page.waitForTimeout(3000);
check("what was unfolded stays so, and keeps the focus", await page.evaluate(() =>
    document.querySelector(".see details").open && document.activeElement.matches(".see summary")));

await root(page, "kill -9 $(pidof init)");
check("a container that died goes", await isGone(page, ".box .box:not([data-gone])"));
check("which is told", await saysSoon(page, ".said", "ended"));
check("and its box is taken away", await isGone(page, ".box .box"));

await root(page, "unshare --net sh -c 'sleep 1000' &");
check("a process without a PID namespace has a box too",
    await saysSoon(page, ".box .box", "^Own namespaces[^]*sleep[^]*pid\\s(\\d+)\\sinside\\s/\\s\\1\\soutside"));

await page.getByRole("button", { name: "Reset" }).click();
check("after a reset the machine is as it was", await isGone(page, ".box .box:not([data-gone])"));
await page.getByRole("button", { name: "See inside" }).click();
check("the panel can be closed", await page.locator(".see").isHidden());
const asked = await page.evaluate(async () => {
    let times = 0;
    const { command } = Machine;
    Machine.command = (text) => { times++; return command(text); };
    await new Promise((done) => setTimeout(done, 4000));
    Machine.command = command;
    return times;
});
check("and then asks the machine nothing", asked === 0, asked);
check("nothing went wrong, and nothing outside was asked", page.noise);
await page.context().close();

const small = await seeInside({ viewport: phone });
await root(small, "05_cgroups --pids 8 sleep 1000 >/dev/null 2>&1 &");
check("on a phone a container is shown", await saysSoon(small, ".box .box", "of 8 processes"));
check("and nothing is wider than the page", await small.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth &&
    document.querySelector(".see").scrollWidth <= document.querySelector(".see").clientWidth));
await small.screenshot({ path: join(pictures, "see-phone.png") });
await end();
