// The machine of the page under Node.js, for the programs that run much in it. Each of
// them is run as
//
//     PROGRAM MACHINE.js V86... [ARGUMENTS]
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [saved, ...others] = process.argv.slice(2);
const v86 = others.find((file) => file.endsWith("libv86.mjs"));

/** A script of a page, run with what a page would give it. */
export const script = (text) => new Function("window", "bring", text);

async function bring(tag, address, file) {
    if (file === "v86.js")
        globalThis.V86 = (await import(pathToFileURL(resolve(v86)))).V86;
    else
        script(new TextDecoder("windows-1252").decode(readFileSync(saved)))(page);
}
const page = {};

export const rest = others.filter((file) => !file.includes("/v86/"));

/** The page's own machine.js. */
export const Machine = script(`${readFileSync("docs/frame/machine.js")}; return Machine;`)(page, bring);

/** Runs a line in the machine; one that hangs costs the machine, and says nothing. */
export async function root(line, patience) {
    let timer;
    const late = new Promise((done) => { timer = setTimeout(done, patience, null); });
    const answer = await Promise.race([Machine.command(line), late]);
    clearTimeout(timer);
    if (!answer) await Machine.reset();
    return answer?.output ?? "";
}
