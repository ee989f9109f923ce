#!/usr/bin/env node
// play.mjs SITE.tar AXE PROGRAM: runs a shell script in the machine in the page, as
// root and then as learner, in the shell that the reader sees, and prints what its
// terminal gets. transcripts.py compares that.
import { readFileSync } from "node:fs";
import { close, open, rest } from "./browser.mjs";

const END = "\x1eplayed\x1e";
const page = await open("chapter_01_clone.html");
await page.exposeFunction("heard", (text) => process.stdout.write(text, "latin1"));
await page.evaluate(() => Live.open());
await page.evaluate(async (script) => {
    for (let at = 0; at < script.length; at += 3000)
        await Machine.command(`echo ${script.slice(at, at + 3000)} >>/run/play.base64`);
    await Machine.command("base64 -d /run/play.base64 >/run/play; chmod 755 /run/play");
}, readFileSync(rest[0]).toString("base64"));

for (const user of ["root", "learner"])
    await page.evaluate(async ([who, end]) => {
        await Machine.login(0, who);
        await Machine.resize(0, 80, 24);
        let said = "";
        let all = "";
        const played = new Promise((done) => Machine.on(0, (byte) => {
            said += String.fromCharCode(byte);
            all = (all + said.at(-1)).slice(-end.length);
            if (all === end) done();
        }));
        /* Together what comes together: a call for each byte would be slow. */
        const flush = setInterval(() => { if (said) window.heard(said); said = ""; }, 20);
        await Machine.type(0, `/run/play; printf '\\036played\\036'\n`);
        await played;
        clearInterval(flush);
        await window.heard(said);
    }, [user, END]);
await close();
