#!/usr/bin/env node
// play.mjs SITE.tar AXE PROGRAM...: runs shell scripts in the machine in the page, each
// as root and then as learner, in the shell that the reader sees, and prints what its
// terminal gets. Each begins with the machine as it was saved. transcripts.py compares.
import { readFileSync } from "node:fs";
import { close, open, rest } from "./browser.mjs";

const END = "\x1eplayed\x1e";
const page = await open("chapter_01_clone.html");
await page.exposeFunction("heard", (text) => process.stdout.write(text, "latin1"));
await page.evaluate(() => Live.open());

/** Runs a file in the first shell of a user. */
function play(file, user) {
    return page.evaluate(async ([program, who, end]) => {
        await Machine.login(0, who);
        await Machine.resize(0, 80, 24);
        let said = "";
        let last = "";
        const ended = new Promise((done) => Machine.on(0, (byte) => {
            said += String.fromCharCode(byte);
            last = (last + said.at(-1)).slice(-end.length);
            if (last === end) done();
        }));
        /* Together what comes together: a call for each byte would be slow. */
        const tell = () => { const now = said; said = ""; return now && window.heard(now); };
        const telling = setInterval(tell, 20);
        await Machine.type(0, `${program}; printf '\\036played\\036'\n`);
        await ended;
        clearInterval(telling);
        await tell();
    }, [file, user, END]);
}

for (const program of rest) {
    await page.evaluate(async (text) => {
        await Machine.put("/run/play", text);
        await Machine.command("chmod 755 /run/play");
    }, readFileSync(program, "utf8"));
    for (const user of ["root", "learner"]) await play("/run/play", user);
    await page.evaluate(() => Machine.reset());
}
await close();
